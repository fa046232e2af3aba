package dev.testudo.container;

import dev.testudo.agent.mesh.AgentCommand;
import dev.testudo.agent.report.Bugs;
import dev.testudo.container.guest.Guest;
import dev.testudo.container.guest.GuestException;
import dev.testudo.linux.machine.Power;
import dev.testudo.linux.sys.ErrnoException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Process 1 of a confidential VM: prepares the machine, is the agent of its service, and turns the
/// machine off when the program has ended.
///
/// The arguments are those of the agent. They are on the kernel's command line, which is measured.
public final class VmMain {
  private static final Path LIB = Path.of("/.testudo/lib");
  private static final int ENVIRONMENT_FAILED = 3;

  private VmMain() {}

  public static void main(String[] args) throws InterruptedException {
    // If this process ends, the kernel panics and restarts the machine: `panic=-1`.
    Bugs.endTheProcess();
    say("the kernel has started the agent");
    var code = Bugs.report(() -> run(List.of(args)));
    say("the service ended with exit code %d; the machine turns off".formatted(code));
    try {
      Power.off();
    } catch (ErrnoException e) {
      say("cannot turn the machine off: " + e.getMessage());
    }
  }

  private static int run(List<String> args) {
    try {
      new Guest(VmMain::say).prepare();
    } catch (GuestException e) {
      say(String.valueOf(e.getMessage()));
      return ENVIRONMENT_FAILED;
    } catch (InterruptedException _) {
      return ENVIRONMENT_FAILED;
    }
    var all = new ArrayList<>(args);
    Guest.token().ifPresent(file -> all.addAll(List.of("--token-file", file.toString())));
    // The kernel makes variables of words on its command line. No option may come from there.
    return AgentCommand.run(all, Map.of(), LIB, System.in, System.out, System.err);
  }

  private static void say(String line) {
    System.err.println("testudo vm: " + line);
  }
}
