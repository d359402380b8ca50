import { noChange } from 'lit';
import {
  Directive,
  directive,
  PartType,
  type DirectiveResult,
  type ElementPart,
  type PartInfo,
} from 'lit/directive.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width?: number;
  readonly height?: number;
}

/** Places an element by script: the page's policy allows no style attributes. */
class Place extends Directive {
  private last: Box | undefined;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) {
      throw new Error('place belongs on an element');
    }
  }

  render(): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [box]: [Box]): typeof noChange {
    const { style } = part.element as HTMLElement;
    const { last } = this;
    if (last === undefined || last.x !== box.x || last.y !== box.y) {
      style.transform = `translate(${box.x}px, ${box.y}px)`;
    }
    if (box.width !== undefined && last?.width !== box.width) {
      style.width = `${box.width}px`;
    }
    if (box.height !== undefined && last?.height !== box.height) {
      style.height = `${box.height}px`;
    }
    this.last = box;
    return noChange;
  }
}

export const place = directive(Place) as (box: Box) => DirectiveResult;
