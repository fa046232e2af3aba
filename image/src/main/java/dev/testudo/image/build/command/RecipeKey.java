package dev.testudo.image.build.command;

import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.tar.RawText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Comparator;

/// The key under which the layer of a recipe is kept: a hash of everything that the layer depends
/// on. Each text is preceded by its length, and each list by its size, so different recipes never
/// have the same text.
final class RecipeKey {
  /// Changes whenever the same recipe gives another layer than before.
  private static final String FORMAT = "testudo-command-layer-1";

  private final MessageDigest hash = Algorithm.SHA256.start();

  private RecipeKey() {}

  /// Returns the key of a recipe, 64 hexadecimal digits.
  ///
  /// @throws IOException if an input cannot be read
  static String of(CommandRecipe recipe) throws IOException {
    var key = new RecipeKey();
    key.put(recipe);
    return Digest.finish(Algorithm.SHA256, key.hash).hex();
  }

  private void put(CommandRecipe recipe) throws IOException {
    text(FORMAT);
    text(recipe.base().platform().architecture());
    number(recipe.base().layers().size());
    recipe.base().layers().forEach(layer -> text(layer.diffId().toString()));
    number(recipe.base().config().environment().size());
    recipe.base().config().environment().forEach(this::text);
    number(recipe.commands().size());
    for (var command : recipe.commands()) {
      number(command.vector().size());
      command.vector().forEach(this::text);
    }
    number(recipe.environment().size());
    recipe
        .environment()
        .forEach(
            (name, value) -> {
              text(name);
              text(value);
            });
    text(recipe.workingDirectory());
    number(recipe.network() ? 1 : 0);
    number(recipe.inputs().size());
    for (var input :
        recipe.inputs().stream().sorted(Comparator.comparing(LayerFile::path)).toList()) {
      put(input);
    }
  }

  private void put(LayerFile input) throws IOException {
    text(input.path());
    number(input.attributes().mode());
    number(input.attributes().owner().uid());
    number(input.attributes().owner().gid());
    text(input.attributes().xattrs().toString());
    switch (input.content()) {
      case Content.Other(var node) -> text(node.toString());
      case Content.Bytes(var size, var content) -> {
        number(size);
        try (var in = content.open()) {
          var buffer = new byte[1 << 16];
          var left = size;
          for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            hash.update(buffer, 0, n);
            left -= n;
          }
          if (left != 0) {
            throw new IOException(
                "%s has changed its size while it was read".formatted(input.path()));
          }
        }
      }
    }
  }

  private void number(long number) {
    hash.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
  }

  private void text(String text) {
    var bytes = RawText.encode(text);
    number(bytes.length);
    hash.update(bytes);
  }
}
