// Takes the place of dcmjs in the bundle: Cornerstone names it for reading DICOM files, which pages here never do, and its dictionary is 0.7 MB to be parsed before the first film.

class Unused {}
const silent = (): undefined => undefined;
interface SilentLog {
  readonly [method: string]: (() => undefined) | (() => SilentLog);
}
export const log: SilentLog = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, setLevel: silent, setDefaultLevel: silent, getLevel: silent, getLogger: () => ({ ...log }) };
export const constants = { IMPLICIT_LITTLE_ENDIAN: "1.2.840.10008.1.2", EXPLICIT_LITTLE_ENDIAN: "1.2.840.10008.1.2.1", DEFLATED_EXPLICIT_LITTLE_ENDIAN: "1.2.840.10008.1.2.1.99", EXPLICIT_BIG_ENDIAN: "1.2.840.10008.1.2.2" };
export const data = { DicomMetaDictionary: { dictionary: {}, nameMap: {} } };
export const utilities = { DicomMetadataListener: Unused };
export default { async: { AsyncDicomReader: Unused }, data, utilities, constants, log };
