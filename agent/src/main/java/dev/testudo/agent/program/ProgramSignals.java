package dev.testudo.agent.program;

import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Signals;
import dev.testudo.linux.process.Terminal;
import dev.testudo.linux.sys.ErrnoException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Passes signals this process gets on to the program. A signal that comes before the program runs
/// ends the agent instead. Whoever tells it to stop a second time gets an end at once.
///
/// SIGTERM is a request to stop, and so is SIGINT, except from a terminal: there it is Ctrl-C, and
/// what that means is for the program to say, as often as it comes.
public final class ProgramSignals {
  public static final int SIGINT = 2;
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  /// What a service manager or a person sends. QUIT and USR2 are the JVM's own unless it is started
  /// otherwise; [#listen] takes what it can get.
  private static final List<String> FORWARDED =
      List.of("TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "ALRM", "WINCH", "CONT");

  private final Thread agent;
  private final Duration grace;
  private @Nullable Child program; // null until it runs
  private OptionalInt early = OptionalInt.empty();
  private OptionalLong told = OptionalLong.empty(); // when it was first told to stop
  private Runnable insisted = () -> deliver(SIGKILL);

  /// Signals that come early interrupt `agent`. `grace` is how long a program has between TERM and
  /// KILL when the agent's input ends.
  public ProgramSignals(Thread agent, Duration grace) {
    this.agent = agent;
    this.grace = grace;
  }

  /// Takes over the signals of this process.
  public void listen() {
    FORWARDED.forEach(name -> Signals.handle(name, this::receive));
  }

  /// What to do, instead of killing the program, for whoever tells it to stop a second time. Called
  /// on a thread of its own.
  public synchronized void whenInsisted(Runnable end) {
    insisted = end;
  }

  /// Takes a signal from outside.
  public void receive(int signal) {
    if (isInsistence(signal)) {
      Runnable end;
      synchronized (this) {
        end = insisted;
      }
      end.run();
    } else {
      deliver(signal);
    }
  }

  private synchronized boolean isInsistence(int signal) {
    if (signal != SIGTERM && (signal != SIGINT || Terminal.isStandardInput())) {
      return false;
    }
    if (told.isEmpty()) {
      told = OptionalLong.of(System.nanoTime());
      return false;
    }
    return Signals.isAnother(told.getAsLong());
  }

  /// Stops the program once `in` ends: TERM, then KILL when it is still there after the grace
  /// period.
  public void endWith(InputStream in) {
    Thread.ofPlatform()
        .daemon()
        .name("input")
        .start(
            () -> {
              drain(in);
              receive(SIGTERM);
              try {
                Thread.sleep(grace);
                deliver(SIGKILL);
              } catch (InterruptedException _) {
                // nobody interrupts this thread
              }
            });
  }

  private static void drain(InputStream in) {
    try {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException _) {
      // An input that cannot be read has ended.
    }
  }

  /// From now on signals go to `child`, the first being one that came too early for it; that one
  /// ends the agent no more. On the agent's thread, as soon as there is a child.
  public synchronized void started(Child child) {
    program = child;
    if (early.isPresent()) {
      Thread.interrupted();
      deliver(early.getAsInt());
      early = OptionalInt.empty();
    }
  }

  /// The signal that ended the agent before the program ran.
  public synchronized OptionalInt early() {
    return early;
  }

  public synchronized void deliver(int signal) {
    var child = program;
    if (child == null) {
      early = OptionalInt.of(signal);
      agent.interrupt();
      return;
    }
    try {
      child.signal(signal);
    } catch (ErrnoException e) {
      System.getLogger(ProgramSignals.class.getName())
          .log(
              System.Logger.Level.WARNING, "signal={0} not delivered: {1}", signal, e.getMessage());
    }
  }
}
