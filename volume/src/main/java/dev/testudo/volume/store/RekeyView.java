package dev.testudo.volume.store;

import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One of the two volumes that are in a directory while it gets another key. It has the files of
/// volumes that are not hidden, and a header under a name of its own.
///
/// @param backing the directory; it is not closed with the view
/// @param header the name of the header in the directory
/// @param hidden the files of the other volume
record RekeyView(Backing backing, String header, Set<String> hidden) implements Backing {
  RekeyView {
    hidden = Set.copyOf(hidden);
  }

  private String name(String name) {
    return name.equals(VolumeHeader.FILE) ? header : name;
  }

  @Override
  public List<String> names() throws IOException {
    var all = VolumeDirectory.read(backing);
    var names = new HashSet<>(all.files());
    names.removeAll(hidden);
    if (all.names().contains(header)) {
      names.add(VolumeHeader.FILE);
    }
    return List.copyOf(names);
  }

  @Override
  public BackingFile create(String name) throws IOException {
    return backing.create(name(name));
  }

  @Override
  public BackingFile open(String name) throws IOException {
    return backing.open(name(name));
  }

  @Override
  public void delete(String name) throws IOException {
    backing.delete(name(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    backing.rename(name(from), name(to));
  }

  @Override
  public void syncNames() throws IOException {
    backing.syncNames();
  }

  @Override
  public long free() throws IOException {
    return backing.free();
  }

  @Override
  public long total() throws IOException {
    return backing.total();
  }

  @Override
  public void close() {
    // The directory stays open.
  }
}
