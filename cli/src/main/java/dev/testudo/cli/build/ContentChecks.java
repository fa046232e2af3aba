package dev.testudo.cli.build;

import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import dev.testudo.image.build.ImageAccounts;
import dev.testudo.image.build.ImageAccounts.Lookup;
import dev.testudo.image.build.ImageUser;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.ImageTree.Located;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Checks that an image has what its manifest speaks of. What is missing would be noticed only when
/// a container starts.
final class ContentChecks {
  private static final int EXECUTE = 0111;

  private final ImageTree tree;
  private final Problems problems;

  ContentChecks(ImageTree tree, Problems problems) {
    this.tree = tree;
    this.problems = problems;
  }

  /// Checks the programs that the manifest names.
  void programs(List<Text> programs) {
    for (var program : programs) {
      var there = tree.find(program.value());
      if (there.isEmpty()) {
        problems.add(SealedChecks.missing(program));
      } else if (!isProgram(there.get())) {
        problems.add(
            wrong(program, "`%s` cannot be executed".formatted(program.quotable()))
                .labelled("not a regular file, or without the mode bit for execution"));
      }
    }
  }

  /// Checks that the program is there, and protected.
  ///
  /// @param command where the command is written
  /// @param call how it is called, and where it is looked for
  /// @param unmeasured the files and folders that are not measured
  void program(Text command, ProgramCall call, List<Path> unmeasured) {
    var found = find(call);
    if (found.isEmpty()) {
      problems.add(
          wrong(command, "the image has no program `%s`".formatted(call.command()))
              .labelled(
                  call.command().contains("/")
                      ? "nothing at this path can be executed"
                      : "not in " + String.join(", ", paths(call)))
              .helped("add the program with `copy` or `run`, or start from another base"));
      return;
    }
    var path = Path.of(found.get().path());
    if (unmeasured.stream().anyMatch(path::startsWith)) {
      problems.add(
          wrong(command, "the program `%s` is in a folder without protection".formatted(path))
              .helped("take it out of `plains`, `plain_files` and `host_paths`"));
    }
  }

  /// Returns the user of the containers in numbers, if the image has it.
  Optional<ImageUser> user(Text user, ImageAccounts accounts) {
    return switch (accounts.find(user.value())) {
      case Lookup.Found(var found) -> Optional.of(found);
      case Lookup.Unknown(var reason, var help) -> {
        problems.add(wrong(user, reason).helped(help));
        yield Optional.empty();
      }
    };
  }

  private static List<String> paths(ProgramCall call) {
    return call.searched().stream().map(Path::toString).toList();
  }

  private Optional<Located> find(ProgramCall call) {
    return call.candidates().stream()
        .flatMap(path -> tree.find(path.toString()).stream())
        .filter(ContentChecks::isProgram)
        .findFirst();
  }

  private static boolean isProgram(Located located) {
    return located.file().node() instanceof LayerNode.RegularFile
        && (located.file().attributes().mode() & EXECUTE) != 0;
  }

  private static Diagnostic wrong(Text text, String message) {
    return Diagnostic.error(DiagnosticId.INVALID_VALUE, text.span(), message);
  }
}
