import {
  Directive,
  directive,
  type DirectiveResult,
  type ElementPart,
  PartType,
  type PartInfo,
} from 'lit/directive.js';
import { noChange } from 'lit';

/**
 * Binds a text input to a value that the host owns, without taking away what a person is typing: the host's states lag
 * behind the keys, so one that only repeats an earlier value is left aside, and while the input has the focus and
 * unanswered text, every state is.
 */
class TypedText extends Directive {
  private onTyped: (text: string) => void = () => undefined;
  private unanswered: string[] = [];
  private listening = false;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) {
      throw new Error('typedText belongs on an element');
    }
  }

  render(): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [value, onTyped]: [string, (text: string) => void]): typeof noChange {
    const input = part.element as HTMLInputElement;
    this.onTyped = onTyped;
    if (!this.listening) {
      this.listening = true;
      input.addEventListener('input', () => {
        this.unanswered.push(input.value);
        this.onTyped(input.value);
      });
    }
    const answered = this.unanswered.lastIndexOf(value);
    if (answered >= 0) {
      this.unanswered.splice(0, answered + 1);
      if (this.unanswered.length > 0) {
        return noChange;
      }
    }
    const typing = this.unanswered.length > 0 && input.matches(':focus');
    if (!typing && input.value !== value) {
      this.unanswered = [];
      input.value = value;
    }
    return noChange;
  }
}

/** `onTyped` is called with the input's text on every change by the person. */
export const typedText = directive(TypedText) as (
  value: string,
  onTyped: (text: string) => void,
) => DirectiveResult;
