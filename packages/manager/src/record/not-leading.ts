/** Another manager wrote to the farm: this one must not go on. */
export class NotLeading extends Error {
  override readonly name = 'NotLeading';
}
