export const createFocusTrap = () => ({ activate() {}, deactivate() {} })
