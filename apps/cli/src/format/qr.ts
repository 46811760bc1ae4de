import { toString } from 'qrcode';

/** Black on white, whatever the terminal's colours are: many phones can't read the reverse. */
const BLACK_ON_WHITE = '\u001b[30;107m';
const RESET = '\u001b[0m';

/**
 * A BOLT-11 invoice as a QR code of characters. In capitals, which BOLT-11 allows and which take a smaller code
 * (alphanumeric mode); at the lowest error correction, since a screen has no scratches.
 */
export const invoicePicture = async (paymentRequest: string, colour: boolean): Promise<string> => {
  const picture = await toString(paymentRequest.toUpperCase(), { type: 'utf8', errorCorrectionLevel: 'L' });
  const lines = picture.split('\n').filter((line) => line !== '');
  return lines.map((line) => (colour ? `${BLACK_ON_WHITE}${line}${RESET}` : line)).join('\n');
};
