package dev.testudo.cli.build;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.policy.manifest.Build;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/// Checks what a manifest says of protected files against the image that was built.
///
/// @param folders what the manifest says
/// @param copies all files that are copied, by their path in the image
/// @param tree the files of the layers
record SealedChecks(
    SealedFolders folders, Map<Path, Path> copies, ImageTree tree, Problems problems) {

  /// Checks that the image has nothing in the folders of `dirs`: everybody who gets an image can
  /// read its layers.
  void encrypted() {
    for (var folder : folders.encrypted()) {
      tree.files().stream()
          .filter(located -> Path.of(located.path()).startsWith(folder.value()))
          .filter(located -> !(located.file().node() instanceof LayerNode.Directory))
          .findFirst()
          .ifPresent(
              located ->
                  problems.add(
                      wrong(
                              folder,
                              "`%s` is in a layer that is not encrypted".formatted(located.path()))
                          .labelled("only files of `copy` can be encrypted")
                          .helped("choose a folder that neither the base nor `run` fills")));
      if (copies.keySet().stream().noneMatch(path -> path.startsWith(folder.value()))) {
        problems.add(
            wrong(folder, "`copy` brings no file into `%s`".formatted(folder.quotable()))
                .helped("name the folder in the image, which begins with `pwd`"));
      }
    }
  }

  /// Checks that what `fs_dirs` and `fs_files` name is there, and of the right kind.
  void authenticated(Build.Authenticated named) {
    for (var folder : named.folders()) {
      if (isFile(folder)) {
        problems.add(
            wrong(folder, "`%s` is a file".formatted(folder.quotable()))
                .helped("name it in `fs_files`"));
      } else if (!isFolder(folder)) {
        problems.add(missing(folder));
      }
    }
    for (var file : named.files()) {
      if (isFolder(file)) {
        problems.add(
            wrong(file, "`%s` is a folder".formatted(file.quotable()))
                .helped("name it in `fs_dirs`"));
      } else if (!isFile(file)) {
        problems.add(missing(file));
      }
    }
  }

  /// Checks that commands have left the readable files of the volume alone, and that no folder is
  /// in the place of one.
  ///
  /// @param changed files that `run` has changed or removed
  void unchanged(Collection<Path> changed) {
    for (var path : folders.readable(copies).keySet()) {
      var naming = folders.naming(path).orElseThrow();
      if (changed.contains(path)) {
        problems.add(
            wrong(naming, "`run` changes `%s`".formatted(path))
                .labelled("`copy` brings this file, and nobody may change it")
                .helped("change it before the build, or take it out of `fs_dirs` and `fs_files`"));
      } else if (tree.findLink(path.toString()).isPresent()) {
        problems.add(
            wrong(naming, "`%s` is a folder of the image, and a file of `copy`".formatted(path)));
      }
    }
  }

  private boolean isCopiedTo(Text folder) {
    return copies.keySet().stream()
        .anyMatch(path -> path.startsWith(folder.value()) && !path.equals(Path.of(folder.value())));
  }

  private boolean isFolder(Text path) {
    return isCopiedTo(path)
        || tree.find(path.value())
            .filter(there -> there.file().node() instanceof LayerNode.Directory)
            .isPresent();
  }

  private boolean isFile(Text path) {
    return copies.containsKey(Path.of(path.value()))
        || tree.find(path.value())
            .filter(there -> !(there.file().node() instanceof LayerNode.Directory))
            .isPresent();
  }

  /// Says that the image lacks what the manifest speaks of.
  static Diagnostic missing(Text path) {
    return wrong(path, "the image has no `%s`".formatted(path.quotable()))
        .helped("add it with `copy` or `run`, or start from another base");
  }

  private static Diagnostic wrong(Text text, String message) {
    return Diagnostic.error(DiagnosticId.INVALID_VALUE, text.span(), message);
  }
}
