import { describe, expect, it } from 'vitest'
import { ticketIn } from '../src/edit/ticket'

const TICKET = `jeli1${'abcdefgh234567ij'.repeat(12)}xyz`
const inLines = (width: number, text = TICKET) => text.match(new RegExp(`.{1,${width}}`, 'g'))!.join('\n')

describe('an invitation', () => {
  it.each([
    ['alone', TICKET],
    ['with spaces around it', `  ${TICKET}\u00a0\n`],
    ['in quotes, with a full stop', `«${TICKET}».`],
    ['in other quotes', `"${TICKET}"`],
    ['after a greeting', `Сәлем! Шақыру: ${TICKET}`],
    ['before more words', `Приглашение: ${TICKET} до встречи!`],
    ['before Latin words', `Here it is: ${TICKET}\nBest regards, Helen`],
    ['in lines', inLines(40)],
    ['in lines, with words around them', `Сәлем!\n${inLines(40)}\nКөріскенше`],
    ['broken once', `${TICKET.slice(0, 90)} ${TICKET.slice(90)}`],
  ])('is found %s', (_, pasted) => expect(ticketIn(pasted)).toBe(TICKET))

  it('may stand in capitals, as a QR code has it', () => {
    expect(ticketIn(`Код: ${TICKET.toUpperCase()}!`)).toBe(TICKET.toUpperCase())
  })

  it('that is none is left for the node to judge', () => {
    expect(ticketIn('https://example.kz/ шақыру')).toBe('https://example.kz/шақыру')
    expect(ticketIn('jeli1 бұл шақыру емес')).toBe('jeli1')
  })
})
