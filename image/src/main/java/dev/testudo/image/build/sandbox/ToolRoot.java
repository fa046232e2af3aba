package dev.testudo.image.build.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The root in which tools of this machine, such as `tar`, work on the files of an image: it has
/// nothing but the programs and libraries of this machine, which cannot be changed there, and one
/// directory. So a tool runs with the same users as the commands, and reaches nothing else.
final class ToolRoot {
  /// Where the tools see the directory.
  static final String TREE = "/tree";

  private static final List<String> PROGRAMS =
      List.of("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");

  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");

  private final Path root;
  private final List<SandboxMount> mounts = new ArrayList<>();

  /// Prepares `root`, an empty directory, for tools that work on `tree`.
  ToolRoot(Path root, Path tree) throws IOException {
    this.root = root;
    for (var name : PROGRAMS) {
      var original = Path.of(name);
      var copy = root.resolve(name.substring(1));
      if (Files.isSymbolicLink(original)) {
        Files.createSymbolicLink(copy, Files.readSymbolicLink(original));
      } else if (Files.isDirectory(original, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(copy);
        mounts.add(new SandboxMount(original, name, true));
      }
    }
    for (var name : List.of("proc", "dev", TREE.substring(1))) {
      Files.createDirectory(root.resolve(name));
    }
    mounts.add(new SandboxMount(tree, TREE, false));
  }

  SandboxProgram program(List<String> arguments) {
    return new SandboxProgram(
        new SandboxProgram.Call(arguments, ENVIRONMENT, "/"),
        root,
        mounts,
        false,
        SandboxProgram.Rights.FILES,
        new SandboxProgram.Limits(Long.MAX_VALUE, Long.MAX_VALUE));
  }
}
