package dev.testudo.agent.view;

import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.ProgramUser;
import dev.testudo.linux.sys.UserIds;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;

/// Runs shell scripts in a program's view.
final class ShellInView {
  private ShellInView() {}

  /// Starts `script` as `user`.
  static Child start(ProgramView view, UserIds user, String script) throws Exception {
    var command =
        new Command(
            Path.of("/bin/sh"),
            List.of("sh", "-c", script),
            Map.of("PATH", "/usr/bin:/bin:/usr/sbin:/sbin"),
            Optional.of(Path.of("/")),
            Command.Input.EMPTY);
    var task =
        new FutureTask<>(
            () -> {
              view.enter();
              ProgramUser.become(user, Set.of());
              return Child.spawn(command);
            });
    Thread.ofPlatform().start(task);
    return task.get();
  }
}
