"""Makes checkpoints of encoders with PyTorch, and what PyTorch computes with them.

The encoder is written from the description of VideoMAE (Tong et al. 2022, sections 3 and 4; Dosovitskiy et al. 2021): tubes of
2 x 16 x 16 pixels by a 3D convolution, fixed sinusoidal positions, blocks with the norm before attention and MLP, and queries and
values, but not keys, with a bias. The names of its tensors are those of VideoMAE's files.

Usage: videomae.py FOLDER. Writes into FOLDER, for each case, the checkpoint and the features as float32, and cases.json.
"""

import argparse
import collections
import json
import math
import os
import sys

import safetensors.torch
import torch
from torch import nn
from torch.nn import functional

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
FRAMES = 16


def positions(count, width):
    at = torch.arange(count, dtype=torch.float64)[:, None]
    rate = 10000 ** (2 * torch.div(torch.arange(width), 2, rounding_mode="floor").double() / width)
    table = at / rate
    table[:, 0::2] = table[:, 0::2].sin()
    table[:, 1::2] = table[:, 1::2].cos()
    return table.float()[None]


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(width))
        self.v_bias = nn.Parameter(torch.zeros(width))
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        bias = torch.cat((self.q_bias, torch.zeros_like(self.v_bias), self.v_bias))
        qkv = functional.linear(x, self.qkv.weight, bias).reshape(batch, tokens, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        scores = (q * (width // self.heads) ** -0.5) @ k.transpose(-2, -1)
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, tokens, width))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(functional.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.proj = nn.Conv3d(3, width, kernel_size=(2, 16, 16), stride=(2, 16, 16))

    def forward(self, clip):
        return self.proj(clip).flatten(2).transpose(1, 2)


class Encoder(nn.Module):
    def __init__(self, width, heads, depth, classes=7):
        super().__init__()
        self.patch_embed = PatchEmbed(width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.fc_norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def layers(self, clip):
        """clip: [16, side, side, 3], 0..1. Returns the features by the name of the layer."""
        x = (clip - torch.tensor(MEAN)) / torch.tensor(STD)
        x = self.patch_embed(x.permute(3, 0, 1, 2)[None])
        features = {"patch_embed": x}
        x = x + positions(x.shape[1], x.shape[2])
        features["positions"] = x
        for i, block in enumerate(self.blocks):
            x = block(x)
            features[f"block_{i}"] = x
        return features


def random_encoder(width, depth, seed):
    """Every weight is random, also those that begin with 0 or 1, so that none can be forgotten."""
    torch.manual_seed(seed)
    encoder = Encoder(width, width // 64, depth)
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            is_scale = "norm" in name and name.endswith("weight")
            parameter.normal_(1.0 if is_scale else 0.0, 0.2 if "norm" in name else 0.04)
    return encoder.eval()


def hugging_face(state):
    """The names of transformers' VideoMAEModel."""
    inner = {
        "norm1": "layernorm_before", "norm2": "layernorm_after", "attn.proj": "attention.output.dense",
        "mlp.fc1": "intermediate.dense", "mlp.fc2": "output.dense",
    }  # fmt: skip
    renamed = {}
    for name, value in state.items():
        if name.startswith("patch_embed.proj"):
            renamed[name.replace("patch_embed.proj", "videomae.embeddings.patch_embeddings.projection")] = value
        elif name.startswith("blocks."):
            _, index, rest = name.split(".", 2)
            start = f"videomae.encoder.layer.{index}."
            if rest == "attn.qkv.weight":
                for part, matrix in zip(("query", "key", "value"), value.chunk(3)):
                    renamed[f"{start}attention.attention.{part}.weight"] = matrix
            elif rest in ("attn.q_bias", "attn.v_bias"):
                renamed[f"{start}attention.attention.{rest[5:]}"] = value
            else:
                module, kind = rest.rsplit(".", 1)
                renamed[f"{start}{inner[module]}.{kind}"] = value
        else:
            renamed[name.replace("head", "classifier")] = value
    return renamed


def pretraining(state, width):
    """A checkpoint as VideoMAE's pre-training writes it: encoder, decoder, optimiser and options."""
    model = collections.OrderedDict((f"encoder.{name}", value) for name, value in state.items() if not name.startswith(("head", "fc_norm")))
    model["encoder.norm.weight"] = torch.ones(width)
    model["encoder.norm.bias"] = torch.zeros(width)
    model["encoder_to_decoder.weight"] = torch.randn(width // 2, width)
    model["mask_token"] = torch.randn(1, 1, width // 2)
    model["decoder.blocks.0.norm1.weight"] = torch.randn(width // 2)
    model["decoder.head.weight"] = torch.randn(1536, width // 2)
    weight = nn.Parameter(torch.randn(8, 8))
    optimizer = torch.optim.AdamW([weight], lr=1e-3)
    weight.grad = torch.ones(8, 8)
    optimizer.step()
    options = argparse.Namespace(model="pretrain_videomae", input_size=224, betas=[0.9, 0.95], device=torch.device("cpu"))
    return {"model": model, "optimizer": optimizer.state_dict(), "epoch": 799, "scaler": {"scale": 65536.0}, "args": options}


def views(state):
    """The same tensors as parts of larger storages and in other orders of their axes: matrices column by column."""
    one = torch.cat([value.flatten() for value in state.values() if value.dim() == 1])
    made, at = {}, 0
    for name, value in state.items():
        if value.dim() == 1:
            made[name] = one[at : at + value.numel()]
            at += value.numel()
        elif value.dim() == 2:
            made[name] = value.t().contiguous().t()
        else:
            made[name] = value.permute(4, 3, 2, 1, 0).contiguous().permute(4, 3, 2, 1, 0)
    return made


def in_type(state, dtype):
    return {name: value.to(dtype) for name, value in state.items()}


class LgiBlock(nn.Module):
    """Only the names of the tensors of a block of MAE-DFER's encoder."""

    def __init__(self, width):
        super().__init__()
        for part in ("first", "second", "third"):
            attention = nn.Module()
            attention.q, attention.kv, attention.proj = nn.Linear(width, width, bias=False), nn.Linear(width, 2 * width, bias=False), nn.Linear(width, width)
            self.add_module(f"{part}_attn_norm0", nn.LayerNorm(width))
            self.add_module(f"{part}_attn", attention)
        self.norm2, self.mlp = nn.LayerNorm(width), Mlp(width)


class Hostile:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def main(folder):
    torch.set_grad_enabled(False)
    cases = []

    def reference(name, encoder, side, layers):
        torch.manual_seed(7)
        clip = torch.rand(FRAMES, side, side, 3)
        clip.numpy().tofile(os.path.join(folder, f"{name}.clip"))
        features = encoder.layers(clip)
        for layer in layers:
            features[layer].contiguous().numpy().tofile(os.path.join(folder, f"{name}.{layer}"))
        return list(layers)

    def equal(what, file, size, reference_name, layers, save):
        save(os.path.join(folder, file))
        cases.append({"what": what, "file": file, "size": size, "reference": reference_name, "layers": layers})

    def refused(what, file, error, save, effect=None):
        save(os.path.join(folder, file))
        cases.append({"what": what, "file": file, "error": error, "effect": effect})

    def layers_of(depth):
        return ["patch_embed", "positions", *(f"block_{i}" for i in range(depth))]

    base = random_encoder(768, 12, 1)
    state = base.state_dict()
    layers = reference("base", base, 160, layers_of(10))
    fine_tuned = {"model": state, "args": argparse.Namespace(input_size=160, nb_classes=7)}
    equal("ViT-B, fine-tuned", "base.pth", "base", "base", layers, lambda path: torch.save(fine_tuned, path))
    equal("ViT-B, pre-trained", "base-pretrained.pth", "base", "base", layers, lambda path: torch.save(pretraining(state, 768), path))
    equal("ViT-B, other strides", "base-views.bin", "base", "base", layers, lambda path: torch.save(views(state), path))
    equal("ViT-B", "base.safetensors", "base", "base", layers, lambda path: safetensors.torch.save_file(state, path))
    equal(
        "ViT-B, Hugging Face", "base-hf.safetensors", "base", "base", layers,
        lambda path: safetensors.torch.save_file({name: value.contiguous() for name, value in hugging_face(state).items()}, path),
    )  # fmt: skip
    for dtype in (torch.float16, torch.bfloat16):
        short = str(dtype).split(".")[1]
        rounded = in_type(state, dtype)
        base.load_state_dict(in_type(rounded, torch.float32))
        layers = reference(short, base, 160, ["patch_embed", "positions", "block_0", "block_4", "block_9"])
        deepspeed = {"module": {f"module.{name}": value for name, value in rounded.items()}}
        equal(f"ViT-B, {short}, DeepSpeed", f"base-{short}.pt", "base", short, layers, lambda path, saved=deepspeed: torch.save(saved, path))
        equal(f"ViT-B, {short}", f"base-{short}.safetensors", "base", short, layers, lambda path, saved=rounded: safetensors.torch.save_file(saved, path))

    small = random_encoder(384, 12, 2)
    layers = reference("small", small, 112, layers_of(12))
    equal("ViT-S, fine-tuned", "small.pth", "small", "small", layers, lambda path: torch.save({"model": small.state_dict()}, path))
    equal("ViT-S", "small.safetensors", "small", "small", layers, lambda path: safetensors.torch.save_file(small.state_dict(), path))

    mae_dfer = nn.Module()
    mae_dfer.patch_embed, mae_dfer.blocks = PatchEmbed(512), nn.ModuleList(LgiBlock(512) for _ in range(2))
    mae_dfer.lg_region_tokens = nn.Parameter(torch.zeros(8, 512))
    refused("MAE-DFER", "mae-dfer.pth", "MAE-DFER", lambda path: torch.save({"model": mae_dfer.state_dict()}, path))
    refused("format before 1.6", "old.pth", "before version 1.6", lambda path: torch.save(fine_tuned, path, _use_new_zipfile_serialization=False))
    refused("whole module", "module.pt", "names __main__", lambda path: torch.save(small, path))
    effect = os.path.join(folder, "hostile-was-here")
    refused("hostile", "hostile.pth", "names posix.system", lambda path: torch.save({"model": state, "x": Hostile(effect)}, path), effect)
    assert not math.isnan(sum(value.sum().item() for value in state.values()))
    with open(os.path.join(folder, "cases.json"), "w", encoding="utf-8") as file:
        json.dump({"torch": torch.__version__, "safetensors": safetensors.__version__, "cases": cases}, file)


if __name__ == "__main__":
    main(sys.argv[1])
