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

/// Forwards the signals of this process to the program. A signal that arrives before the program
/// runs ends the agent instead. A second request to stop ends everything at once.
///
/// SIGTERM is a request to stop. So is SIGINT, except at a terminal: there it is Ctrl-C, and the
/// program decides what each one means.
public final class ProgramSignals {
  public static final int SIGINT = 2;
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  /// The signals that service managers and people send. The JVM reserves QUIT and USR2 by default;
  /// [#listen] handles those that it can.
  private static final List<String> FORWARDED =
      List.of("TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "ALRM", "WINCH", "CONT");

  private final Thread agent;
  private final Duration grace;
  private @Nullable Child program; // null until it runs
  private OptionalInt early = OptionalInt.empty();
  private OptionalLong told = OptionalLong.empty(); // when the first request to stop arrived
  private Runnable insisted = () -> deliver(SIGKILL);
  private Duration drain = Duration.ZERO;
  private Runnable stopping = () -> {};

  /// Creates the forwarding. A signal before the start interrupts `agent`. `grace` is the time
  /// between TERM and KILL when the agent's input ends.
  public ProgramSignals(Thread agent, Duration grace) {
    this.agent = agent;
    this.grace = grace;
  }

  /// Handles the signals of this process from now on.
  public void listen() {
    FORWARDED.forEach(name -> Signals.handle(name, this::receive));
  }

  /// Sets the action for a second request to stop, instead of killing the program. It runs on a
  /// thread of its own.
  public synchronized void whenInsisted(Runnable end) {
    insisted = end;
  }

  /// Delivers the first SIGTERM to a running program later than it arrives, so that callers have
  /// time to learn that the service stops.
  ///
  /// @param stopping runs when the signal arrives
  public synchronized void drainFor(Duration delay, Runnable stopping) {
    drain = delay;
    this.stopping = stopping;
  }

  /// Handles a signal from outside.
  public void receive(int signal) {
    if (isInsistence(signal)) {
      Runnable end;
      synchronized (this) {
        end = insisted;
      }
      end.run();
    } else if (signal == SIGTERM && drains()) {
      Thread.ofPlatform().daemon().name("drain").start(this::deliverLater);
    } else {
      deliver(signal);
    }
  }

  private synchronized boolean drains() {
    stopping.run();
    return !drain.isZero() && program != null;
  }

  private void deliverLater() {
    try {
      Thread.sleep(drain);
    } catch (InterruptedException _) {
      // Nothing interrupts this thread.
    }
    deliver(SIGTERM);
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

  /// Stops the program once `in` ends: sends TERM, and after the grace period KILL.
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
                // Nothing interrupts this thread.
              }
            });
  }

  private static void drain(InputStream in) {
    try {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException _) {
      // An input that cannot be read counts as ended.
    }
  }

  /// Forwards signals to `child` from now on. If a signal arrived before the start, it is
  /// delivered first and no longer ends the agent. Must be called on the agent's thread as soon as
  /// there is a child.
  public synchronized void started(Child child) {
    program = child;
    if (early.isPresent()) {
      Thread.interrupted();
      deliver(early.getAsInt());
      early = OptionalInt.empty();
    }
  }

  /// Returns the signal that ended the agent before the program ran.
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
