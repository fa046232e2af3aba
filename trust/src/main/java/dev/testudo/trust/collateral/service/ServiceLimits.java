package dev.testudo.trust.collateral.service;

import dev.testudo.trust.attest.collateral.Document;
import java.time.Duration;

/// The limits of every request to a service.
///
/// @param time the longest time from a request to the end of its answer
/// @param bytes the most bytes of an answer
/// @param headers the most characters of a header with certificates
/// @param redirects the most redirects that are followed, all on the same host
/// @param longestPause the longest time to wait when a service demands fewer requests; if it
///     demands more, the request fails
/// @param kdsPause the time between two requests to AMD's service
public record ServiceLimits(
    Duration time,
    int bytes,
    int headers,
    int redirects,
    Duration longestPause,
    Duration kdsPause) {
  /// The usual limits. AMD's service answers about one request in ten seconds.
  public static final ServiceLimits USUAL =
      new ServiceLimits(
          Duration.ofSeconds(30),
          Document.MOST_BYTES,
          64 << 10,
          2,
          Duration.ofSeconds(60),
          Duration.ofSeconds(10));
}
