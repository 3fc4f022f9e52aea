//! The data budget over the API: who may choose, what is refused, and what is told.

use jeli_client::{BudgetAsk, FreeHours, Tariff};

use crate::support::{TestNode, code_of};

fn ask() -> BudgetAsk {
    BudgetAsk {
        mode: Some("careful".to_owned()),
        monthly_limit: Some(500_000_000),
        free_hours: Some(FreeHours { from: 0, until: 6 }),
        tariff: Some(Tariff { per_mb: 1.5, currency: "₸".to_owned() }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_director_chose_is_told_and_can_be_taken_back() {
    let node = TestNode::start().await;
    let client = node.control();
    assert_eq!(client.budget().await.expect("told").chosen, BudgetAsk::default());
    client.choose_budget(&ask()).await.expect("chosen");
    let budget = client.budget().await.expect("told");
    assert_eq!((budget.chosen, budget.cost), (ask(), Some(0.0)));
    client.choose_budget(&BudgetAsk::default()).await.expect("taken back");
    assert_eq!(client.budget().await.expect("told").chosen, BudgetAsk::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_means_nothing_is_refused_by_the_name_of_its_field_and_changes_nothing() {
    let node = TestNode::start().await;
    let client = node.control();
    client.choose_budget(&ask()).await.expect("chosen");
    let wrong = [
        ("mode", BudgetAsk { mode: Some("cheap".to_owned()), ..ask() }),
        ("monthly_limit", BudgetAsk { monthly_limit: Some(0), ..ask() }),
        ("free_hours", BudgetAsk { free_hours: Some(FreeHours { from: 5, until: 5 }), ..ask() }),
        ("tariff", BudgetAsk { tariff: Some(Tariff { per_mb: 1.0, currency: String::new() }), ..ask() }),
    ];
    for (field, wrong) in wrong {
        let error = client.choose_budget(&wrong).await.expect_err("it means nothing");
        let told = format!("{error:?}");
        assert!(told.contains("bad_field") && told.contains(field), "it names {field}: {told}");
    }
    assert_eq!(client.budget().await.expect("told").chosen, ask());
}

#[tokio::test(flavor = "multi_thread")]
async fn by_hand_says_what_holds_it_and_opens_when_somebody_says_so() {
    let node = TestNode::start().await;
    let client = node.control();
    client.choose_budget(&BudgetAsk { mode: Some("by_hand".to_owned()), ..BudgetAsk::default() }).await.expect("chosen");
    assert_eq!(client.budget().await.expect("told").now.held.as_deref(), Some("by_hand"));
    client.open_budget(true).await.expect("opened");
    let opened = client.budget().await.expect("told");
    assert_eq!(opened.now.held, None);
    assert!(opened.open_for.is_some_and(|left| left > 0), "{opened:?}");
    client.open_budget(false).await.expect("closed");
    assert_eq!(client.budget().await.expect("told").now.held.as_deref(), Some("by_hand"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_not_for_the_school_sees_the_budget_and_chooses_nothing() {
    let node = TestNode::start().await;
    let teacher = node.person("marat", "teacher").await;
    teacher.budget().await.expect("seen");
    assert_eq!(code_of(teacher.choose_budget(&ask()).await.expect_err("not for a teacher")), "not_allowed");
    assert_eq!(code_of(teacher.open_budget(true).await.expect_err("not for a teacher")), "not_allowed");
    assert_eq!(code_of(node.nobody().budget().await.expect_err("not for anybody")), "signed_out");
}
