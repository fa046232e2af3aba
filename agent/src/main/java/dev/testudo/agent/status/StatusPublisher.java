package dev.testudo.agent.status;

import dev.testudo.shield.LiveConnection;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Shows `testudo shield top` what a shield does. A program runs without that, too: what fails here
/// is a complaint and nothing else.
public final class StatusPublisher {
  private final Map<String, String> environment;
  private final Activity activity;
  private final Consumer<String> complaints;

  /// @param environment of this process, which says where status sockets are
  /// @param complaints takes a line when something fails
  public StatusPublisher(
      Map<String, String> environment, Activity activity, Consumer<String> complaints) {
    this.environment = environment;
    this.activity = activity;
    this.complaints = complaints;
  }

  /// A status that can be read until it is closed.
  public interface Published extends AutoCloseable {
    @Override
    void close();
  }

  /// Shows the status of `subject` from now on.
  ///
  /// @param connections those that the shield has at the moment
  public Published publish(Activity.Subject subject, Supplier<List<LiveConnection>> connections) {
    var socket = open(subject, connections);
    return () -> socket.ifPresent(this::close);
  }

  private Optional<StatusSocket> open(
      Activity.Subject subject, Supplier<List<LiveConnection>> connections) {
    try {
      return Optional.of(
          StatusSocket.open(environment, () -> activity.status(subject, connections.get())));
    } catch (IOException e) {
      complaints.accept("`testudo shield top` will not see this one: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void close(StatusSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      complaints.accept("the status socket stays behind: " + e.getMessage());
    }
  }
}
