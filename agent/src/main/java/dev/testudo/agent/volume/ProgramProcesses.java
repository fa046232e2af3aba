package dev.testudo.agent.volume;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.ProcessIdentity;
import dev.testudo.volume.fuse.CallerJudge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The processes that may use a volume whose mount others can see: the program and its descendants.
///
/// A process whose parent has ended has no ancestors that tell where it comes from. It counts if it
/// has used the volume before. A shell in the container never does: its ancestors are outside.
public final class ProgramProcesses implements CallerJudge {
  /// A process that runs before the program does is not of the program.
  private static final Duration START = Duration.ofSeconds(5);

  private static final int MOST = 4096;
  private static final int DEEPEST = 256;

  private final int own = (int) ProcessHandle.current().pid();
  private final CompletableFuture<ProcessIdentity> program = new CompletableFuture<>();

  /// Those that were admitted; the one that was longest not asked about comes first.
  private final Map<ProcessIdentity, Boolean> members =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ProcessIdentity, Boolean> eldest) {
          return size() > MOST;
        }
      };

  /// The program has started, as process `pid`.
  public void started(long pid) throws ErrnoException {
    program.complete(ProcessIdentity.ofThread((int) pid));
  }

  @Override
  public boolean serves(int thread) {
    if (thread <= 0) {
      return false;
    }
    try {
      var process = ProcessIdentity.ofThread(thread);
      return process.pid() != own && (isMember(process) || isOfProgram(process));
    } catch (ErrnoException _) {
      return false; // it has ended
    }
  }

  private synchronized boolean isMember(ProcessIdentity process) {
    return members.get(process) != null;
  }

  private synchronized void admit(List<ProcessIdentity> processes) {
    processes.forEach(process -> members.put(process, true));
  }

  private boolean isOfProgram(ProcessIdentity process) throws ErrnoException {
    var root = program();
    if (root.isEmpty()) {
      return false;
    }
    var way = new ArrayList<ProcessIdentity>();
    var at = process;
    while (!at.equals(root.get()) && !isMember(at)) {
      way.add(at);
      int parent = at.parent();
      if (parent <= 0 || parent == own || way.size() == DEEPEST) {
        return false;
      }
      var above = ProcessIdentity.ofThread(parent);
      // A parent that has ended in between is no parent any more, and its id may be another's.
      if (at.parent() != parent) {
        return false;
      }
      at = above;
    }
    way.add(at);
    admit(way);
    return true;
  }

  private Optional<ProcessIdentity> program() {
    try {
      return Optional.of(program.get(START.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
