/**
 * Kinds of objects that are asked for by C-GET, where each has to be proposed beforehand: images, reports, and what lies beside them.
 * @see DICOM PS3.4 section B.5
 */
export const storageClasses: readonly string[] = [
  "1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1", "2", "2.1", "3.1", "4", "4.1", "4.3", "6.1", "7", "7.1", "7.2", "7.3", "7.4", "11.1", "11.2", "12.1", "12.1.1", "12.2", "12.2.1", "13.1.1", "13.1.2", "13.1.3", "20", "30", "66", "66.4", "77.1.1", "77.1.4",
  "88.11", "88.22", "88.33", "88.34", "88.59", "88.67", "104.1", "128", "130", "481.1",
].map((suffix) => `1.2.840.10008.5.1.4.1.1.${suffix}`);
