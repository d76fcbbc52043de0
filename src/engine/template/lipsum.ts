/** Dummy text. Jinja2's is another one each time; ours is the same for each rendering, so that plans can be compared. */

import {Markup} from '../values/markup.ts';
import type {Meter} from '../values/meter.ts';
import type {Value} from '../values/types.ts';

const words =
  'a ac accumsan ad adipiscing aenean aliquam aliquet amet ante aptent arcu at auctor augue bibendum blandit class commodo condimentum congue consectetuer consequat conubia convallis cras cubilia cum curabitur curae cursus dapibus diam dictum dictumst dignissim dis dolor donec dui duis egestas eget eleifend elementum elit enim erat eros est et etiam eu euismod facilisi facilisis fames faucibus felis fermentum feugiat fringilla fusce gravida habitant habitasse hac hendrerit hymenaeos iaculis id imperdiet in inceptos integer interdum ipsum justo lacinia lacus laoreet lectus leo libero ligula litora lobortis lorem luctus maecenas magna magnis malesuada massa mattis mauris metus mi molestie mollis montes morbi mus nam nascetur natoque nec neque netus nibh nisi nisl non nonummy nostra nulla nullam nunc odio orci ornare parturient pede pellentesque penatibus per pharetra phasellus placerat platea porta porttitor posuere potenti praesent pretium primis proin pulvinar purus quam quis quisque rhoncus ridiculus risus rutrum sagittis sapien scelerisque sed sem semper senectus sit sociis sociosqu sodales sollicitudin suscipit suspendisse taciti tellus tempor tempus tincidunt torquent tortor tristique turpis ullamcorper ultrices ultricies urna ut varius vehicula vel velit venenatis vestibulum vitae vivamus viverra volutpat vulputate'.split(
    ' ',
  );

/** Paragraphs of so many words each, as HTML or apart by empty lines. */
export function lipsum(
  paragraphs: number,
  isHtml: boolean,
  size: {readonly min: number; readonly max: number},
  random: () => number,
  meter: Meter,
): Value {
  let total = 0;
  const made = Array.from({length: Math.min(paragraphs, 1000)}, () => {
    const text = paragraph(size, random);
    meter.spend(text.length / 8);
    total += text.length;
    meter.allow(total);
    return text;
  });
  return isHtml ? new Markup(made.map((text) => `<p>${text}</p>`).join('\n')) : made.join('\n\n');
}

function paragraph({min, max}: {readonly min: number; readonly max: number}, random: () => number): string {
  const count = Math.min(min + Math.floor(random() * Math.max(max - min, 1)), 10_000);
  let text = '';
  let startsSentence = true;
  for (let index = 0; index < count; index++) {
    const word = words[Math.floor(random() * words.length)] ?? '';
    const shown = startsSentence ? word.charAt(0).toUpperCase() + word.slice(1) : word;
    startsSentence = random() < 0.1;
    text += `${index > 0 ? ' ' : ''}${shown}${startsSentence && index < count - 1 ? '.' : ''}`;
  }
  return `${text}.`;
}
