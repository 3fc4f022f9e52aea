export declare function createFocusTrap(...given: unknown[]): { activate(): void; deactivate(): void }
