package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Checks that each file of an image has one protection: that no folder or file of `dirs`,
/// `fs_dirs` and `fs_files` is where another key, or a volume, says something else. Unprotected
/// files may be in a folder of `fs_dirs`: the longer path counts there.
final class ProtectedFilesAreSound {
  private final Build build;
  private final Problems problems;

  private ProtectedFilesAreSound(Build build, Problems problems) {
    this.build = build;
    this.problems = problems;
  }

  static void check(Build build, Problems problems) {
    var check = new ProtectedFilesAreSound(build, problems);
    var files = build.files();
    files.authenticated().all().forEach(check::authenticated);
    Stream.concat(files.encrypted().stream(), files.authenticated().all().stream())
        .forEach(check::isProtected);
    files.plain().forEach(check::unprotected);
  }

  /// Checks a path of `fs_dirs` or `fs_files`.
  private void authenticated(Text path) {
    within(path, build.files().encrypted())
        .ifPresent(
            folder ->
                problems.add(
                    inEncrypted(path, folder)
                        .labelled("encrypted files are protected from changes already")
                        .helped("remove it here, or name other folders in `dirs`")));
  }

  /// Checks a path of `dirs`, `fs_dirs` or `fs_files`.
  private void isProtected(Text path) {
    var files = build.files();
    within(path, Stream.concat(files.plain().stream(), files.host().stream()).toList())
        .ifPresent(
            folder ->
                problems.add(
                    overlap(
                            path,
                            "`%s` is in a folder without protection".formatted(path.quotable()))
                        .labelled(
                            "`plains`, `plain_files` or `host_paths` has `%s`"
                                .formatted(folder.quotable()))
                        .helped("name a file or folder in one of these keys only")));
    build.volumes().stream()
        .flatMap(volume -> place(volume).stream())
        .filter(place -> isWithin(path.value(), place))
        .findFirst()
        .ifPresent(
            place ->
                problems.add(
                    overlap(path, "a volume hides `%s`".formatted(path.quotable()))
                        .labelled("the volume is at `%s`".formatted(place))
                        .helped("choose folders of which none contains the other")));
  }

  /// Checks a path of `plains` or `plain_files`.
  private void unprotected(Text path) {
    within(path, build.files().encrypted())
        .filter(folder -> !folder.value().equals(path.value()))
        .ifPresent(
            folder ->
                problems.add(
                    inEncrypted(path, folder)
                        .labelled("everybody could read what is here")
                        .helped("choose folders of which none contains the other")));
  }

  private static Optional<String> place(Mapping volume) {
    return volume
        .entry("path")
        .map(entry -> entry.value().plain())
        .filter(String.class::isInstance)
        .map(String.class::cast);
  }

  private static Optional<Text> within(Text path, List<Text> folders) {
    return folders.stream().filter(folder -> isWithin(path.value(), folder.value())).findFirst();
  }

  /// Returns whether `path` is `folder` or in it.
  private static boolean isWithin(String path, String folder) {
    return path.equals(folder) || folder.equals("/") || path.startsWith(folder + "/");
  }

  private static Diagnostic inEncrypted(Text path, Text folder) {
    return overlap(
        path, "`%s` is in the encrypted folder `%s`".formatted(path.quotable(), folder.quotable()));
  }

  private static Diagnostic overlap(Text path, String message) {
    return Diagnostic.error(DiagnosticId.OVERLAPPING_PATHS, path.span(), message);
  }
}
