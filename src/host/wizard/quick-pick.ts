import {
  QuickInputButtons,
  window,
  type QuickInputButton,
  type QuickPickItem,
  type QuickPickItemButtonEvent,
} from 'vscode';

export interface PickRequest<T extends QuickPickItem> {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly placeholder: string;
  readonly items: readonly T[];
  /** Several at a time; these are ticked at first. */
  readonly ticked?: readonly T[];
  readonly active?: T;
  readonly buttons?: readonly QuickInputButton[];
}

export type Picked<T> =
  | { readonly kind: 'picked'; readonly items: readonly T[] }
  | { readonly kind: 'button'; readonly button: QuickInputButton; readonly item?: T; readonly ticked: readonly T[] }
  | { readonly kind: 'back' }
  | { readonly kind: 'closed' };

/** One step: a list with a way back. */
export function pick<T extends QuickPickItem>(request: PickRequest<T>): Promise<Picked<T>> {
  const input = window.createQuickPick<T>();
  input.title = request.title;
  input.step = request.step;
  input.totalSteps = request.totalSteps;
  input.placeholder = request.placeholder;
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  input.canSelectMany = request.ticked !== undefined;
  input.items = request.items;
  if (request.ticked) input.selectedItems = request.ticked;
  if (request.active) input.activeItems = [request.active];
  input.buttons = [...(request.step > 1 ? [QuickInputButtons.Back] : []), ...(request.buttons ?? [])];
  return new Promise((resolve) => {
    const end = (picked: Picked<T>): void => {
      resolve(picked);
      input.dispose();
    };
    input.onDidAccept(() => {
      const items = request.ticked === undefined ? input.activeItems : input.selectedItems;
      if (items.length > 0 || request.ticked !== undefined) end({ kind: 'picked', items });
    });
    input.onDidTriggerButton((button) =>
      end(
        button === QuickInputButtons.Back ? { kind: 'back' } : { kind: 'button', button, ticked: input.selectedItems },
      ),
    );
    input.onDidTriggerItemButton(({ button, item }: QuickPickItemButtonEvent<T>) =>
      end({ kind: 'button', button, item, ticked: input.selectedItems }),
    );
    input.onDidHide(() => end({ kind: 'closed' }));
    input.show();
  });
}
