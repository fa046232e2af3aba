package dev.testudo.operator.resource;

import io.fabric8.kubernetes.client.CustomResource;
import org.jspecify.annotations.Nullable;

/// What all custom resources here share: a new object has neither `spec` nor `status`, so that what
/// somebody has left out of an object is missing, and not empty.
///
/// @param <S> what the object says
/// @param <T> what became of it
public abstract class WatchedResource<S, T> extends CustomResource<S, T> {
  private static final long serialVersionUID = 1;

  /// Creates an object without anything in it.
  protected WatchedResource() {}

  @Override
  protected final @Nullable S initSpec() {
    return null;
  }

  @Override
  protected final @Nullable T initStatus() {
    return null;
  }
}
