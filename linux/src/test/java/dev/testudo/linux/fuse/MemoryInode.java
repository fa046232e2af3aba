package dev.testudo.linux.fuse;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// A file of [MemoryFileSystem]. Content is sparse: pages that were never written do not exist.
final class MemoryInode {
  static final int PAGE = 4096;

  /// An entry of a directory. Its cookie says where listing goes on.
  record Entry(long node, long cookie) {}

  final long number;
  final Map<String, Entry> entries = new LinkedHashMap<>();

  /// What listing shows after a cookie.
  record Named(String name, long node) {}

  final TreeMap<Long, Named> cookies = new TreeMap<>();
  final TreeMap<Long, byte[]> pages = new TreeMap<>();
  final Map<String, byte[]> attributes = new TreeMap<>();
  byte[] target = {};
  int mode;
  int uid;
  int gid;
  int links = 1;
  long size;
  long lookups;
  long parent = 1;
  Instant accessed = Instant.now();
  Instant modified = accessed;
  Instant changed = accessed;
  private long nextCookie = 3; // after `.` and `..`

  MemoryInode(long number, int mode, int uid, int gid) {
    this.number = number;
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
  }

  boolean isDirectory() {
    return (mode & 0xF000) == 0x4000;
  }

  void put(String name, long node) {
    var old = entries.remove(name);
    long cookie = old == null ? nextCookie++ : old.cookie;
    entries.put(name, new Entry(node, cookie));
    cookies.put(cookie, new Named(name, node));
    touch();
  }

  void remove(String name) {
    var old = entries.remove(name);
    if (old != null) {
      cookies.remove(old.cookie);
    }
    touch();
  }

  void touch() {
    modified = Instant.now();
    changed = modified;
  }

  void resize(long length) {
    if (length < size) {
      long last = length / PAGE;
      pages.tailMap(last, length % PAGE == 0).clear();
      var page = pages.get(last);
      if (page != null) {
        Arrays.fill(page, (int) (length % PAGE), PAGE, (byte) 0);
      }
    }
    size = length;
  }

  void zero(long from, long end) {
    for (long at = from; at < end; ) {
      long page = at / PAGE;
      int start = (int) (at % PAGE);
      int length = (int) Math.min(PAGE - start, end - at);
      if (length == PAGE) {
        pages.remove(page);
      } else {
        write(at, new byte[length], 0, length);
      }
      var next = pages.ceilingKey(page + 1);
      at = length == PAGE && next == null ? end : at + length;
    }
  }

  int read(long from, byte[] into, int start, int length) {
    int count = Math.clamp(size - from, 0, length);
    for (int done = 0; done < count; ) {
      long at = from + done;
      int offset = (int) (at % PAGE);
      int part = Math.min(PAGE - offset, count - done);
      var page = pages.get(at / PAGE);
      if (page == null) {
        Arrays.fill(into, start + done, start + done + part, (byte) 0);
      } else {
        System.arraycopy(page, offset, into, start + done, part);
      }
      done += part;
    }
    return count;
  }

  void write(long to, byte[] from, int start, int length) {
    for (int done = 0; done < length; ) {
      long at = to + done;
      int offset = (int) (at % PAGE);
      int part = Math.min(PAGE - offset, length - done);
      var page = pages.computeIfAbsent(at / PAGE, _ -> new byte[PAGE]);
      System.arraycopy(from, start + done, page, offset, part);
      done += part;
    }
    size = Math.max(size, to + length);
    touch();
  }
}
