package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.ValidityPeriod;
import dev.testudo.trust.channel.JoinTokenOrder;

/// Builds orders of join tokens from options.
final class TokenOrders {
  private TokenOrders() {}

  /// Returns the order for the values of two options.
  static JoinTokenOrder of(int uses, String validFor) throws CommandFailed {
    var validity =
        ValidityPeriod.parse(validFor)
            .orElseThrow(
                () ->
                    CommandFailed.usage(
                        "`%s` is not a time; write `10 min`, `12h` or `30 days`"
                            .formatted(validFor)));
    try {
      return new JoinTokenOrder(uses, validity);
    } catch (IllegalArgumentException e) {
      throw CommandFailed.usage(String.valueOf(e.getMessage()));
    }
  }
}
