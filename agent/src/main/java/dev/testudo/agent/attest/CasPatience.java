package dev.testudo.agent.attest;

import java.time.Duration;
import java.util.function.BiConsumer;

/// What an agent does while CAS does not deliver.
///
/// @param limit how long CAS may be unreachable
/// @param told hears why CAS has to be asked again, and what the last attempt said
public record CasPatience(Duration limit, BiConsumer<Obstacle, String> told) {
  /// Why CAS has to be asked again.
  public enum Obstacle {
    /// There is no connection to CAS, or no answer.
    UNREACHABLE("CAS cannot be reached"),
    /// CAS answers that it is busy.
    BUSY("CAS is busy");

    private final String text;

    Obstacle(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
