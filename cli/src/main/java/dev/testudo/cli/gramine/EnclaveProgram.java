package dev.testudo.cli.gramine;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.ImageTree.Located;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.TreeContents;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.policy.source.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// The program of an image that an enclave starts.
final class EnclaveProgram {
  private static final int EXECUTE = 0111;
  private static final int ELF = 0x7f454c46;
  private static final int MOST_BYTES = 512 << 20;

  private EnclaveProgram() {}

  /// Returns the path of the program, without links.
  ///
  /// @param source has the layers of the image
  /// @param layers the layers that the tree was made of, in the same order
  /// @throws CommandFailed if the image has no such program, or it is a script
  static String find(ImageTree tree, BlobSource source, List<Descriptor> layers, ProgramCall call)
      throws IOException, CommandFailed {
    var found =
        call.candidates().stream()
            .flatMap(path -> tree.find(path.toString()).stream())
            .filter(EnclaveProgram::isProgram)
            .findFirst()
            .orElseThrow(
                () ->
                    CommandFailed.input(
                        "the image has no program `%s`".formatted(Printable.of(call.command()))));
    var contents = TreeContents.read(source, layers, List.of(found.file()), MOST_BYTES);
    var bytes = contents.getOrDefault(found.file(), new byte[0]);
    if (bytes.length < Integer.BYTES || ByteBuffer.wrap(bytes).getInt() != ELF) {
      throw CommandFailed.input(
          "the program %s is no ELF file; if it is a script, write its interpreter at the beginning of `command`"
              .formatted(Printable.of(found.path())));
    }
    return found.path();
  }

  private static boolean isProgram(Located located) {
    return located.file().node() instanceof LayerNode.RegularFile
        && (located.file().attributes().mode() & EXECUTE) != 0;
  }
}
