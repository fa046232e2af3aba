package dev.testudo.image.registry.http;

import java.time.Duration;

/// The limits of every exchange.
///
/// @param connect the longest time for a connection with its TLS handshake
/// @param idle the longest time without a byte, and the period in which `leastBytes` must pass
/// @param leastBytes how many bytes must pass in each full period `idle` of a transfer, so that a
///     server that sends or takes one byte at a time cannot hold a transfer forever
/// @param commit the longest time until a server has stored what was sent; registries compute the
///     digest of the whole blob before they answer
/// @param redirects the most redirects that a request follows
public record LinkLimits(
    Duration connect, Duration idle, long leastBytes, Duration commit, int redirects) {
  /// The limits for use; tests have shorter ones.
  public static final LinkLimits STANDARD =
      new LinkLimits(
          Duration.ofSeconds(15), Duration.ofSeconds(60), 64 << 10, Duration.ofMinutes(15), 5);
}
