/** Words that a description of a study, series or protocol may keep: anatomy, views, techniques. */
const vocabulary = new Set(
  `abdomen abd acquisition adult all angio ankle ante anterior ap apical arm arthro axial axis ax bending bilateral body bone both bottom brain breast brust bws c1 c2 c3 c4 c5 c6 c7 calcaneus
  cervical chest clavicle coccyx column composite computed contrast coronal cor cr crani cranial cross ct cxr decubitus digital discs disc disk dorsal down dr dx dwi adc elbow epi erect extension
  extremity face fat femur fibula film finger flair flexion flex foot forearm frontal full fse gad gre grid hand head hip humerus hws implant inferior inspiration expiration inverse ir iso joint
  knee kub kyphosis l1 l2 l3 l4 l5 lat lateral left leg length limb localizer localiser long low lower ls lspine lumbar lumbosacral lung lws mandible medial mobile mr mri mra myelo nasal neck neutral
  oblique obl odontoid open orbit pa pain panorama patella pd pelvis phase plain portable post posterior postop pre preop prone protocol proton quiet radiograph recon reformat reconstruction
  rib ribs right routine rx s1 s2 s3 s4 s5 sacral sacrum sacroiliac sag sagittal scan scanogram scapula scoliosis scout screening sequence series shoulder si side single sinus sitting skull soft spin
  spine spinal standing std sternum stir stitched stitching supine survey t1 t2 t1w t2w t3 t4 t5 t6 t7 t8 t9 t10 t11 t12 tap test thigh thin thoracic thoracolumbar thorax thumb tibia tirm tissue toe
  tomo top total trauma tse two upper upright us vertebra vertebrae vertebral view views w wbct weight whole wirbelsaule with without wo wrist xr xray ganzaufnahme ebene ebenen seitlich stehend
  columna lumbar dorsolumbar rachis lombaire dorsal genou epaule standard`.split(/\s+/),
);

/**
 * A description without anything that might name somebody: only known words of anatomy and technique stay, and numbers of
 * at most two digits. An unknown word is left out, as it may be a name.
 */
export function cleanDescription(text: string): string {
  return text
    .split(/[\s,;:/\\^=_()[\]-]+/)
    .filter((word) => vocabulary.has(word.toLowerCase()) || /^\d{1,2}$/.test(word))
    .join(" ");
}
