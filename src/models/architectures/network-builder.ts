import { GraphBuilder } from "../../graph/index.js";
import type { Graph, OperatorName } from "../../graph/index.js";

/** What a parameter is for: decides its initial value and whether weight decay and gradients touch it. */
export type ParameterRole = "weight" | "bias" | "normScale" | "normBias" | "runningMean" | "runningVariance";

/** How a parameter starts: the numbers are worked out from the shape when the net is built. */
export type Initializer =
  | { readonly distribution: "constant"; readonly value: number }
  | { readonly distribution: "normal"; readonly std: number }
  /** Uniform in [-bound, bound). */
  | { readonly distribution: "uniform"; readonly bound: number };

/** One parameter, under torchvision's name. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  readonly init: Initializer;
  /** Name of the stage it belongs to. */
  readonly stage: string;
}

/** A part of the net, in order from the image to the head. */
export interface Stage {
  readonly name: string;
  /** Value at the end of the stage. */
  readonly output: string;
}

/** Kaiming's normal distribution for ReLU by the number of outputs: std = sqrt(2 / (K kh kw)), for a weight [K, C/groups, kh, kw]. */
export function kaimingFanOut(shape: readonly number[]): Initializer {
  const fanOut = shape[0]! * shape.slice(2).reduce((product, n) => product * n, 1);
  return { distribution: "normal", std: Math.sqrt(2 / fanOut) };
}

/** Kaiming's normal distribution for ReLU by the number of inputs: std = sqrt(2 / (C/groups kh kw)). */
export function kaimingFanIn(shape: readonly number[]): Initializer {
  const fanIn = shape.slice(1).reduce((product, n) => product * n, 1);
  return { distribution: "normal", std: Math.sqrt(2 / fanIn) };
}

interface ConvolutionOptions {
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  /** Start of the weight [K, C/groups, kh, kw]; {@link kaimingFanOut} where left out. */
  readonly init?: (shape: readonly number[]) => Initializer;
  /** Name of the resulting value where it is not the module's path. */
  readonly output?: string;
}

interface NormalizationOptions {
  /** Added to the variance; 1e-5 where left out. */
  readonly epsilon?: number;
  /** Name of the resulting value where it is not the module's path. */
  readonly output?: string;
}

interface LinearOptions {
  readonly outputs: number;
  /** Start of the weight and of the bias, worked out from the number of inputs. */
  readonly init: (fanIn: number) => { readonly weight: Initializer; readonly bias: Initializer };
  readonly output?: string;
}

const constant = (value: number): Initializer => ({ distribution: "constant", value });

/**
 * Builds a network layer by layer: every parameter becomes a graph input under its torchvision name, every module's
 * result a value under the module's path, so that a layer is found by the name PyTorch users know.
 */
export class NetworkBuilder {
  readonly parameters: ParameterSpec[] = [];
  readonly stages: Stage[] = [];
  /** Values that training leaves out at random, with the probability of each. */
  readonly droppedBranches = new Map<string, number>();
  readonly #graph: GraphBuilder;
  #stage = "";

  constructor(name: string, input: { readonly batch: number | string; readonly size: number }) {
    this.#graph = new GraphBuilder({ name });
    this.#graph.input("input", "float32", [input.batch, 3, input.size, input.size]);
  }

  /** Opens a stage, builds its layers and closes it at the value they end in. */
  stage(name: string, build: () => string): string {
    this.#stage = name;
    const output = build();
    this.stages.push({ name, output });
    return output;
  }

  /** Extents of a value after the batch axis. */
  extents(value: string): number[] {
    return this.#graph.shape(value).slice(1).map(Number);
  }

  /** Convolution without dilation; padding is half the kernel unless said. */
  convolution(path: string, input: string, options: ConvolutionOptions): string {
    const { outputs, kernel, stride = 1, groups = 1, bias = false, init = kaimingFanOut } = options;
    const padding = options.padding ?? (kernel - 1) / 2;
    const shape = [outputs, this.extents(input)[0]! / groups, kernel, kernel];
    const inputs = [input, this.#parameter(`${path}.weight`, shape, "weight", init(shape))];
    if (bias) inputs.push(this.#parameter(`${path}.bias`, [outputs], "bias", constant(0)));
    return this.#graph.op(
      "Conv",
      inputs,
      {
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: [padding, padding, padding, padding],
        dilations: [1, 1],
        group: groups,
      },
      { name: path, output: options.output ?? path },
    );
  }

  /** Batch normalization with stored statistics: y = scale (x - mean) / sqrt(variance + epsilon) + bias. */
  normalization(path: string, input: string, { epsilon = 1e-5, output = path }: NormalizationOptions = {}): string {
    const shape = [this.extents(input)[0]!];
    return this.#graph.op(
      "BatchNormalization",
      [
        input,
        this.#parameter(`${path}.weight`, shape, "normScale", constant(1)),
        this.#parameter(`${path}.bias`, shape, "normBias", constant(0)),
        this.#parameter(`${path}.running_mean`, shape, "runningMean", constant(0)),
        this.#parameter(`${path}.running_var`, shape, "runningVariance", constant(1)),
      ],
      { epsilon, momentum: 0.9 },
      { name: path, output },
    );
  }

  /** y = x W' + b for x [N, C], W [K, C]. */
  linear(path: string, input: string, options: LinearOptions): string {
    const fanIn = this.extents(input)[0]!;
    const init = options.init(fanIn);
    const weight = this.#parameter(`${path}.weight`, [options.outputs, fanIn], "weight", init.weight);
    const bias = this.#parameter(`${path}.bias`, [options.outputs], "bias", init.bias);
    return this.#graph.op("Gemm", [input, weight, bias], { transB: 1 }, { name: path, output: options.output ?? path });
  }

  relu(path: string, input: string): string {
    return this.#graph.op("Relu", [input], {}, { name: path, output: path });
  }

  /** min(max(x, 0), 6). */
  relu6(path: string, input: string): string {
    const bounds = [this.#graph.constant(0), this.#graph.constant(6)];
    return this.#graph.op("Clip", [input, ...bounds], {}, { name: path, output: path });
  }

  /** x / (1 + e^-x), also called swish. */
  silu(path: string, input: string): string {
    return this.#graph.op("QuickGelu", [input], { alpha: 1 }, { name: path, output: path });
  }

  /** 1 / (1 + e^-x). */
  sigmoid(path: string, input: string): string {
    return this.#graph.op("Sigmoid", [input], {}, { name: path, output: path });
  }

  /** Product of two values, element by element; axes of extent 1 are repeated. */
  multiply(path: string, a: string, b: string): string {
    return this.#graph.op("Mul", [a, b], {}, { name: path, output: path });
  }

  /** Features [N, C, H, W] side by side: [N, sum of C, H, W]. */
  concatenate(path: string, parts: readonly string[]): string {
    return this.#graph.op("Concat", parts, { axis: 1 }, { name: path, output: path });
  }

  add(path: string, a: string, b: string): string {
    return this.#graph.op("Add", [a, b], {}, { name: path, output: path });
  }

  maxPool(path: string, input: string, window: { kernel: number; stride: number; padding: number }): string {
    const { kernel, stride, padding } = window;
    return this.#graph.op(
      "MaxPool",
      [input],
      { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [padding, padding, padding, padding] },
      { name: path, output: path },
    );
  }

  averagePool(path: string, input: string, window: { kernel: number; stride: number }): string {
    const { kernel, stride } = window;
    return this.#graph.op(
      "AveragePool",
      [input],
      { kernel_shape: [kernel, kernel], strides: [stride, stride] },
      { name: path, output: path },
    );
  }

  /** Mean over all positions, [N, C, 1, 1]. */
  spatialMean(path: string, input: string): string {
    return this.#graph.op("GlobalAveragePool", [input], {}, { name: path, output: path });
  }

  /** Mean over all positions, then [N, C]. */
  globalAverage(path: string, input: string): string {
    return this.#flatten(`${path}.flatten`, this.spatialMean(path, input));
  }

  /**
   * Mean over a grid of `size` x `size` bins, then [N, C size size]. Bin i of an axis of n positions covers
   * floor(i n / size) up to, not including, ceil((i + 1) n / size), as torch.nn.AdaptiveAvgPool2d.
   */
  adaptiveAverage(path: string, input: string, size: number): string {
    const [channels, height, width] = this.extents(input) as [number, number, number];
    if (height === size && width === size) return this.#flatten(`${path}.flatten`, input);
    if (height % size === 0 && width % size === 0) {
      const window = [height / size, width / size];
      const pooled = this.#graph.op(
        "AveragePool",
        [input],
        { kernel_shape: window, strides: window },
        { name: path, output: path },
      );
      return this.#flatten(`${path}.flatten`, pooled);
    }
    // Bins of unequal or overlapping size are one linear map of the positions.
    const rows = this.#graph.constant([-1, channels, height * width]);
    const positions = this.#graph.op("Reshape", [input, rows], {}, { name: `${path}.positions` });
    const weights = binWeights(height, width, size);
    const matrix = this.#graph.constant({ dtype: "float32", shape: [height * width, size * size], data: weights });
    const pooled = this.#graph.op("MatMul", [positions, matrix], {}, { name: path, output: path });
    return this.#flatten(`${path}.flatten`, pooled);
  }

  /** Dropout: the identity until a training graph gives it a mask. A rate of 0 leaves it out. */
  dropout(path: string, input: string, rate: number): string {
    if (rate === 0) return input;
    return this.#graph.op("Dropout", [input, this.#graph.constant(rate)], {}, { name: path, output: path });
  }

  /**
   * Stochastic depth: in training, the branch that ends in this value is left out for whole images with this probability
   * and divided by 1 - probability for the others; at rest it is the identity and leaves no operator.
   * @returns the value itself
   * @see G. Huang, Y. Sun, Z. Liu, D. Sedra, K. Weinberger, Deep Networks with Stochastic Depth, 2016, arXiv:1603.09382
   */
  stochasticDepth(branch: string, probability: number): string {
    if (probability > 0) this.droppedBranches.set(branch, probability);
    return branch;
  }

  /** Declares a parameter of the open stage, for a layer that the builder does not have; returns its name. */
  parameter(name: string, { shape, role, init }: Pick<ParameterSpec, "shape" | "role" | "init">): string {
    return this.#parameter(name, shape, role, init);
  }

  /** A constant: a number is a float32 scalar, a list an int64 vector unless said otherwise. */
  constant(value: number | readonly number[], dtype?: "float32"): string {
    return this.#graph.constant(value, dtype);
  }

  /** Any operator with one result, which gets the path as its name. */
  operator(op: OperatorName, path: string, inputs: readonly string[], attributes: Readonly<Record<string, number | string | readonly number[]>> = {}): string {
    return this.#graph.op(op, inputs, attributes, { name: path, output: path });
  }

  /** Closes the graph with the logits [N, K] as its one output. */
  build(logits: string): Graph {
    this.#graph.output(logits, "logits");
    return this.#graph.build();
  }

  #flatten(path: string, input: string): string {
    return this.#graph.op("Flatten", [input], { axis: 1 }, { name: path, output: path });
  }

  #parameter(name: string, shape: readonly number[], role: ParameterRole, init: Initializer): string {
    this.parameters.push({ name, shape, role, init, stage: this.#stage });
    return this.#graph.input(name, "float32", shape);
  }
}

/** Matrix [height width, size size] whose columns average the positions of one bin each. */
function binWeights(height: number, width: number, size: number): Float32Array {
  const weights = new Float32Array(height * width * size * size);
  const from = (bin: number, extent: number): number => Math.floor((bin * extent) / size);
  const to = (bin: number, extent: number): number => Math.ceil(((bin + 1) * extent) / size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const [top, bottom] = [from(i, height), to(i, height)];
      const [left, right] = [from(j, width), to(j, width)];
      const share = 1 / ((bottom - top) * (right - left));
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) weights[(y * width + x) * size * size + i * size + j] = share;
      }
    }
  }
  return weights;
}
