import type { MethodName } from "./index.js";

/** Libraries that a method is compared with, and what of them was read. */
export const peerLibraries = {
  "pytorch-grad-cam": "the modules of `pytorch_grad_cam`",
  Captum: "the modules of `captum.attr`",
  Xplique: "the modules of `xplique.attributions`",
  Quantus: "`quantus/functions/explanation_func.py`: it has no methods of its own and calls Captum's, Zennit's or tf-explain's",
} as const;

export type PeerLibrary = keyof typeof peerLibraries;

/** Which library has a method, under what name; one that is not listed has it not. */
export const peers: Readonly<Record<MethodName, Partial<Record<PeerLibrary, string>>>> = {
  cam: {},
  "grad-cam": { "pytorch-grad-cam": "GradCAM", Captum: "LayerGradCam", Xplique: "GradCAM", Quantus: "LayerGradCam" },
  "grad-cam-plus-plus": { "pytorch-grad-cam": "GradCAMPlusPlus", Xplique: "GradCAMPP" },
  "hires-cam": { "pytorch-grad-cam": "HiResCAM" },
  "xgrad-cam": { "pytorch-grad-cam": "XGradCAM" },
  "layer-cam": { "pytorch-grad-cam": "LayerCAM" },
  "eigen-cam": { "pytorch-grad-cam": "EigenCAM" },
  "eigen-grad-cam": { "pytorch-grad-cam": "EigenGradCAM" },
  "shapley-cam": { "pytorch-grad-cam": "ShapleyCAM" },
  "full-grad": { "pytorch-grad-cam": "FullGrad" },
  "score-cam": { "pytorch-grad-cam": "ScoreCAM" },
  "ablation-cam": { "pytorch-grad-cam": "AblationCAM" },
  saliency: { Captum: "Saliency", Xplique: "Saliency", Quantus: "Saliency" },
  "gradient-x-input": { Captum: "InputXGradient", Xplique: "GradientInput", Quantus: "InputXGradient" },
  "guided-backpropagation": { "pytorch-grad-cam": "GuidedBackpropReLUModel", Captum: "GuidedBackprop", Xplique: "GuidedBackprop" },
  deconvnet: { Captum: "Deconvolution", Xplique: "DeconvNet", Quantus: "Deconvolution" },
  "guided-grad-cam": { Captum: "GuidedGradCam", Quantus: "GuidedGradCam" },
  "smooth-grad": { Captum: "NoiseTunnel, smoothgrad", Xplique: "SmoothGrad" },
  "smooth-grad-squared": { Captum: "NoiseTunnel, smoothgrad_sq", Xplique: "SquareGrad" },
  "var-grad": { Captum: "NoiseTunnel, vargrad", Xplique: "VarGrad" },
  "integrated-gradients": { Captum: "IntegratedGradients", Xplique: "IntegratedGradients", Quantus: "IntegratedGradients" },
  "expected-gradients": { Captum: "GradientShap", Quantus: "GradientShap" },
  "lrp-epsilon": { Captum: "LRP, EpsilonRule", Quantus: "LRP" },
  "lrp-gamma": { Captum: "LRP, GammaRule" },
  "lrp-alpha-beta": {},
  "lrp-z-plus": { Captum: "LRP, Alpha1_Beta0_Rule" },
  "lrp-composite": { Quantus: "Zennit's composites" },
  "deep-lift": { Captum: "DeepLift", Quantus: "DeepLift" },
  occlusion: { Captum: "Occlusion", Xplique: "Occlusion", Quantus: "Occlusion" },
  rise: { Xplique: "Rise" },
  lime: { Captum: "Lime", Xplique: "Lime", Quantus: "Lime" },
  "kernel-shap": { Captum: "KernelShap", Xplique: "KernelShap", Quantus: "KernelShap" },
  sobol: { Xplique: "SobolAttributionMethod" },
  hsic: { Xplique: "HsicAttributionMethod" },
};
