"""Bilinear upsampling by PyTorch, stored for src/explain/upsample.test.ts."""
import json
import torch

cases = []
for height, width, to_height, to_width in [(2, 2, 5, 5), (3, 2, 7, 4), (1, 1, 3, 3), (4, 4, 2, 3)]:
    values = torch.arange(height * width, dtype=torch.float32).mul(0.37).sin().reshape(1, 1, height, width)
    result = torch.nn.functional.interpolate(values, size=(to_height, to_width), mode="bilinear", align_corners=False)
    cases.append({"height": height, "width": width, "values": values.flatten().tolist(),
                  "toHeight": to_height, "toWidth": to_width, "result": result.flatten().tolist()})
with open("test/fixtures/explain/upsample.json", "w") as file:
    json.dump({"reference": f"PyTorch {torch.__version__}", "cases": cases}, file, indent=1)
