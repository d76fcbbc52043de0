/** Details stand beside the list where it is wide, below it where it is high enough, else in its place. */
export function layoutFor(width: number, height: number) {
  if (width >= 120) {
    const listWidth = Math.floor(width * 0.6);
    return {
      place: 'beside',
      listWidth,
      listHeight: height,
      detailWidth: width - listWidth,
      detailHeight: height,
    } as const;
  }
  if (height >= 17) {
    const detailHeight = Math.min(12, Math.floor(height * 0.36));
    return {
      place: 'below',
      listWidth: width,
      listHeight: height - detailHeight,
      detailWidth: width,
      detailHeight,
    } as const;
  }
  return {place: 'instead', listWidth: width, listHeight: height, detailWidth: width, detailHeight: height} as const;
}
