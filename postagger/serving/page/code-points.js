/* Places in a text: the server counts characters, JavaScript counts UTF-16 units, the network bytes. */

/**
 * Turns places counted in characters into places counted in UTF-16 units.
 *
 * Places are asked for in rising order, as tokens come.
 * @param {string} text
 * @returns {(place: number) => number}
 */
export function unitPlaces(text) {
  let characters = 0;
  let units = 0;
  return (place) => {
    while (characters < place && units < text.length) {
      units += text.codePointAt(units) > 0xffff ? 2 : 1;
      characters += 1;
    }
    return units;
  };
}

/**
 * How many bytes a text takes in UTF-8.
 * @param {string} text
 */
export function utf8Length(text) {
  let bytes = text.length;
  for (let unit = 0; unit < text.length; unit += 1) {
    const code = text.charCodeAt(unit);
    if (code > 0x7f) bytes += 1;
    /* Each half of a surrogate pair counts two, so that the pair counts four. */
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) bytes += 1;
  }
  return bytes;
}
