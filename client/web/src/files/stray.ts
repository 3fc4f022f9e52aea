// A file that is let go of where nothing takes it: a browser would open it in the place of the page.

export const holdsFiles = (data: DataTransfer | null): boolean => data?.types.includes('Files') ?? false

function beside(event: DragEvent): void {
  if (event.defaultPrevented || !event.dataTransfer || !holdsFiles(event.dataTransfer)) return
  event.preventDefault()
  event.dataTransfer.dropEffect = 'none'
}

/** From now on the page stays, wherever a file is let go of. Whatever takes files prevents the browser's own way itself. */
export function keepPage(): void {
  window.addEventListener('dragover', beside)
  window.addEventListener('drop', beside)
}
