package dev.testudo.policy.session;

import java.util.List;

/// What a policy adds to the file system of services.
public record Image(String name, List<InjectionFile> files, List<Volume.Mount> mounts) {
  public Image {
    files = List.copyOf(files);
    mounts = List.copyOf(mounts);
  }
}
