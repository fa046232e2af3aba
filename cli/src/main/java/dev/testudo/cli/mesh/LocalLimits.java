package dev.testudo.cli.mesh;

import dev.testudo.policy.manifest.Build;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.List;

/// What a manifest asks of an image and a service on this machine does without: it uses the
/// programs and libraries of the machine, and all files of its image are measured.
public final class LocalLimits {
  private final List<Diagnostic> found = new ArrayList<>();

  private LocalLimits() {}

  /// Returns a warning for each such field of a service that `testudo up` starts.
  public static List<Diagnostic> ofUp(Build build) {
    var limits = common(build);
    limits.addFirst(
        "dirs", build.files().encrypted(), "the files are as readable here as those in `copy`");
    return limits.found;
  }

  /// Returns a warning for each such field of files that are laid out for elsewhere, and an error
  /// if they were to be encrypted.
  public static List<Diagnostic> ofFiles(Build build) {
    var limits = common(build);
    build.files().encrypted().stream()
        .findFirst()
        .ifPresent(
            text ->
                limits.found.add(
                    Diagnostic.error(
                            DiagnosticId.NOT_SUPPORTED_YET,
                            text.span(),
                            "`dirs` is not supported with `--local`")
                        .labelled("the files would not be encrypted")
                        .helped("build a container image, or remove `dirs`")));
    return limits.found;
  }

  private static LocalLimits common(Build build) {
    var limits = new LocalLimits();
    var machine = "no image is built here; the service uses what this machine has";
    build.steps().requirements().ifPresent(text -> limits.add("requirements", text, machine));
    limits.addFirst("run", build.steps().run(), machine);
    limits.addFirst("binaries", build.files().binaries(), machine);
    limits.addFirst(
        "fs_dirs` and `fs_files",
        build.files().authenticated().all(),
        "changes of files in `copy` are noticed when the service starts");
    limits.addFirst(
        "plains` and `plain_files", build.files().plain(), "all files in `copy` are measured");
    build.program().user().ifPresent(text -> limits.add("user", text, machine));
    build.stable().ifPresent(text -> limits.add("stable", text, "only this version runs here"));
    return limits;
  }

  private void addFirst(String key, List<Text> values, String why) {
    values.stream().findFirst().ifPresent(text -> add(key, text, why));
  }

  private void add(String key, Text value, String why) {
    found.add(
        Diagnostic.warning(
                DiagnosticId.WITHOUT_EFFECT, value.span(), "`%s` has no effect".formatted(key))
            .labelled(why));
  }
}
