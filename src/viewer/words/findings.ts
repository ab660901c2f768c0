import type { Entry } from "./entry.js";

/** What in a data set betrays the class, by probe: its name, and what to do. */
export const findingWords = {
  "finding.nearly": ["From this alone the label can be told nearly completely: AUC {auc}, adjusted p {p}.", "Allein daraus lässt sich die Klasse fast vollständig vorhersagen: AUC {auc}, korrigiertes p {p}.", "仅凭此几乎可完全预测类别：AUC {auc}，校正 p {p}。"],
  "finding.well": ["From this alone the label can be told well: AUC {auc}, adjusted p {p}.", "Allein daraus lässt sich die Klasse gut vorhersagen: AUC {auc}, korrigiertes p {p}.", "仅凭此可较好地预测类别：AUC {auc}，校正 p {p}。"],
  "finding.part": ["From this alone the label can be told in part: AUC {auc}, adjusted p {p}.", "Allein daraus lässt sich die Klasse teilweise vorhersagen: AUC {auc}, korrigiertes p {p}.", "仅凭此可部分预测类别：AUC {auc}，校正 p {p}。"],
  "finding.little": ["From this alone the label can be told a little: AUC {auc}, adjusted p {p}.", "Allein daraus lässt sich die Klasse ein wenig vorhersagen: AUC {auc}, korrigiertes p {p}.", "仅凭此可略微预测类别：AUC {auc}，校正 p {p}。"],
  "finding.interval": ["{estimate} ({lower} to {upper})", "{estimate} ({lower} bis {upper})", "{estimate}（{lower} 至 {upper}）"],

  "finding.size": ["Image size", "Bildgröße", "图像尺寸"],
  "finding.size.remedy": [
    "Compare images of one acquisition (--where), or crop all of them to one aspect ratio around the spine before training (image: resize: center-crop, or region: crop). Letterboxing leaves the width of the film in sight as the width of the border; stretching turns it into a distortion.",
    "Vergleichen Sie Bilder einer Aufnahmeart (--where), oder schneiden Sie vor dem Training alle auf ein Seitenverhältnis um die Wirbelsäule zu (image: resize: center-crop oder region: crop). Ein Rand um das Bild (letterbox) verrät die Breite des Films weiterhin; Strecken macht daraus eine Verzerrung.",
    "请只比较同一种采集方式的图像（--where），或在训练前将所有图像围绕脊柱裁剪为同一宽高比（image: resize: center-crop，或 region: crop）。加边（letterbox）会以边框宽度保留胶片宽度的信息；拉伸则使其变为形变。",
  ],
  "finding.marker": ["Markers and letters", "Marker und Buchstaben", "标记与字母"],
  "finding.marker.remedy": [
    "Cover markers and letters on all images before training, or cut out the region of interest (region: crop); if that cannot be done, compare cases with a marker and cases without one separately, and test on images where the marker says nothing.",
    "Decken Sie Marker und Buchstaben vor dem Training auf allen Bildern ab, oder schneiden Sie die interessierende Region aus (region: crop). Geht das nicht, vergleichen Sie Fälle mit und ohne Marker getrennt, und testen Sie auf Bildern, auf denen der Marker nichts verrät.",
    "请在训练前遮盖所有图像上的标记和字母，或裁剪出感兴趣区域（region: crop）。若无法做到，请分别比较有标记和无标记的病例，并在标记不含信息的图像上测试。",
  ],
  "finding.line": ["Drawn lines", "Eingezeichnete Linien", "绘制的线条"],
  "finding.line.remedy": [
    "Get the originals without annotations, or leave these images out (they are listed as examples). A measured angle on the film tells the network what the reader thought.",
    "Beschaffen Sie die Originale ohne Einzeichnungen, oder lassen Sie diese Bilder weg (sie sind als Beispiele aufgeführt). Ein auf dem Film gemessener Winkel verrät dem Netz, was die befundende Person dachte.",
    "请获取无标注的原始图像，或排除这些图像（已列为示例）。胶片上测量的角度会把阅片者的判断泄露给网络。",
  ],
  "finding.border": ["Borders and collimation", "Ränder und Einblendung", "边缘与准直"],
  "finding.border.remedy": [
    "Cut padding and collimated margins off before training, in the same way for every class, or cut out the region of interest (region: crop).",
    "Schneiden Sie Auffüllung und eingeblendete Ränder vor dem Training ab, bei jeder Klasse gleich, oder schneiden Sie die interessierende Region aus (region: crop).",
    "请在训练前以相同方式为每个类别裁去填充和准直边缘，或裁剪出感兴趣区域（region: crop）。",
  ],
  "finding.brightness": ["Brightness and contrast", "Helligkeit und Kontrast", "亮度与对比度"],
  "finding.brightness.remedy": [
    "Bring the images to one window before training, add brightness, contrast and gamma to the augmentation, and look for a machine, an export or a hospital that goes with the class. Some of it may be the patients' size or bone density.",
    "Bringen Sie die Bilder vor dem Training auf ein Fenster, nehmen Sie Helligkeit, Kontrast und Gamma in die Augmentierung auf, und suchen Sie nach einem Gerät, einem Export oder einem Krankenhaus, das mit der Klasse einhergeht. Ein Teil davon kann Körpergröße oder Knochendichte sein.",
    "请在训练前将图像统一到同一窗宽窗位，在数据增强中加入亮度、对比度和伽马，并查找与类别相关的设备、导出方式或医院。其中一部分可能来自患者体型或骨密度。",
  ],
  "finding.noise": ["Noise and sharpness", "Rauschen und Schärfe", "噪声与清晰度"],
  "finding.noise.remedy": [
    "Look for a dose, a detector, a scan of film or a chain of exports that goes with the class; train at a resolution that hides the difference, or add noise and blur to the augmentation.",
    "Suchen Sie nach einer Dosis, einem Detektor, einem Filmscan oder einem Exportweg, der mit der Klasse einhergeht; trainieren Sie in einer Auflösung, die den Unterschied verbirgt, oder nehmen Sie Rauschen und Unschärfe in die Augmentierung auf.",
    "请查找与类别相关的剂量、探测器、胶片扫描或导出流程；以能掩盖差异的分辨率训练，或在数据增强中加入噪声和模糊。",
  ],
  "finding.encoding": ["File format and compression", "Dateiformat und Kompression", "文件格式与压缩"],
  "finding.encoding.remedy": [
    "Export all images again by one chain: one format, bit depth, color mode and quality, from the originals. A network sees no file header, but it sees what compression leaves in the pixels, and the classes came by different ways.",
    "Exportieren Sie alle Bilder noch einmal auf einem Weg: ein Format, eine Bittiefe, ein Farbmodus und eine Qualität, aus den Originalen. Ein Netz sieht keinen Dateikopf, wohl aber, was die Kompression in den Pixeln hinterlässt; und die Klassen kamen auf verschiedenen Wegen.",
    "请从原始数据以同一流程重新导出所有图像：同一格式、位深、颜色模式和质量。网络看不到文件头，但能看到压缩在像素中留下的痕迹，而且各类别来自不同途径。",
  ],
  "finding.bytes": ["Bytes per pixel", "Bytes je Pixel", "每像素字节数"],
  "finding.bytes.remedy": [
    "See whether compression, noise or borders differ between the classes (the probes of these names), and export all images by one chain.",
    "Sehen Sie nach, ob sich Kompression, Rauschen oder Ränder zwischen den Klassen unterscheiden (die Prüfungen dieser Namen), und exportieren Sie alle Bilder auf einem Weg.",
    "请检查各类别在压缩、噪声或边缘上是否不同（见同名检测项），并以同一流程导出所有图像。",
  ],
  "finding.file-name": ["File names", "Dateinamen", "文件名"],
  "finding.file-name.remedy": [
    "A network does not see names. But names that follow the class say that the classes were collected apart: at other times, places or by other people. Find out how, and look at what else differs.",
    "Ein Netz sieht keine Namen. Namen, die der Klasse folgen, sagen aber, dass die Klassen getrennt gesammelt wurden: zu anderen Zeiten, an anderen Orten oder von anderen Leuten. Finden Sie heraus, wie, und sehen Sie nach, was sich sonst unterscheidet.",
    "网络看不到文件名。但文件名随类别变化，说明各类别是分开收集的：时间、地点或收集者不同。请查明原因，并检查其他差异。",
  ],
  "finding.coarse-appearance": ["Coarse appearance", "Grobes Aussehen", "粗略外观"],
  "finding.coarse-appearance.remedy": [
    "Look at the mean thumbnails of the classes: where they differ beside the body (air, table, letters), crop; where the patient is placed or cut off differently, crop around the spine. If it is the disease itself that is seen so coarsely, nothing is wrong.",
    "Sehen Sie sich die mittleren Vorschaubilder der Klassen an: Wo sie sich neben dem Körper unterscheiden (Luft, Tisch, Buchstaben), schneiden Sie zu; wo die Person anders liegt oder abgeschnitten ist, schneiden Sie um die Wirbelsäule zu. Ist es die Krankheit selbst, die so grob zu sehen ist, stimmt alles.",
    "请查看各类别的平均缩略图：若差异在身体之外（空气、检查床、字母），请裁剪；若患者摆位或截断不同，请围绕脊柱裁剪。若如此粗略可见的正是疾病本身，则没有问题。",
  ],
  "finding.background": ["Outside of the region of interest", "Außerhalb der interessierenden Region", "感兴趣区域之外"],
  "finding.background.remedy": [
    "Cut out the region of interest (region: crop) and compare: what a network loses by it, it had from outside. Look for markers, implants' leads, supports and positioning that go with the class.",
    "Schneiden Sie die interessierende Region aus (region: crop) und vergleichen Sie: Was ein Netz dadurch verliert, hatte es von außen. Suchen Sie nach Markern, Implantatkabeln, Stützen und Lagerungen, die mit der Klasse einhergehen.",
    "请裁剪出感兴趣区域（region: crop）并比较：网络因此失去的，即来自区域之外。请查找与类别相关的标记、植入物导线、支撑物和摆位。",
  ],
} as const satisfies Record<string, Entry>;
