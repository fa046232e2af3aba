package dev.testudo.cas.catalog;

import dev.testudo.cas.store.SessionRow;
import dev.testudo.policy.session.Session;

/// A stored session with its parsed form.
public record Registered(SessionRow row, Session session) {
  @Override
  public String toString() {
    return "Registered[%s]".formatted(row);
  }
}
