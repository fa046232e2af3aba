package dev.testudo.linux.sys;

import static java.util.Map.entry;

import java.util.Map;

/// Linux error numbers (`asm-generic/errno.h`), which are the same on every supported architecture.
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int E2BIG = 7;
  public static final int ENOEXEC = 8;
  public static final int EBADF = 9;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EFAULT = 14;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ENOTTY = 25;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int ESPIPE = 29;
  public static final int EROFS = 30;
  public static final int EMLINK = 31;
  public static final int EPIPE = 32;
  public static final int ERANGE = 34;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int ENOTEMPTY = 39;
  public static final int ELOOP = 40;
  public static final int ENODATA = 61;
  public static final int EPROTO = 71;
  public static final int ENOTSOCK = 88;
  public static final int EDESTADDRREQ = 89;
  public static final int EMSGSIZE = 90;
  public static final int EPROTOTYPE = 91;
  public static final int ENOPROTOOPT = 92;
  public static final int EPROTONOSUPPORT = 93;
  public static final int ESOCKTNOSUPPORT = 94;
  public static final int EOPNOTSUPP = 95;
  public static final int EAFNOSUPPORT = 97;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENETDOWN = 100;
  public static final int ENETUNREACH = 101;
  public static final int ECONNABORTED = 103;
  public static final int ECONNRESET = 104;
  public static final int ENOBUFS = 105;
  public static final int EISCONN = 106;
  public static final int ENOTCONN = 107;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;
  public static final int EHOSTUNREACH = 113;
  public static final int EALREADY = 114;
  public static final int EINPROGRESS = 115;
  public static final int ESTALE = 116;
  public static final int EDQUOT = 122;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          entry(EPERM, "EPERM"),
          entry(ENOENT, "ENOENT"),
          entry(ESRCH, "ESRCH"),
          entry(EINTR, "EINTR"),
          entry(EIO, "EIO"),
          entry(ENXIO, "ENXIO"),
          entry(E2BIG, "E2BIG"),
          entry(ENOEXEC, "ENOEXEC"),
          entry(EBADF, "EBADF"),
          entry(ECHILD, "ECHILD"),
          entry(EAGAIN, "EAGAIN"),
          entry(ENOMEM, "ENOMEM"),
          entry(EACCES, "EACCES"),
          entry(EFAULT, "EFAULT"),
          entry(EBUSY, "EBUSY"),
          entry(EEXIST, "EEXIST"),
          entry(EXDEV, "EXDEV"),
          entry(ENODEV, "ENODEV"),
          entry(ENOTDIR, "ENOTDIR"),
          entry(EISDIR, "EISDIR"),
          entry(EINVAL, "EINVAL"),
          entry(ENFILE, "ENFILE"),
          entry(EMFILE, "EMFILE"),
          entry(ENOTTY, "ENOTTY"),
          entry(EFBIG, "EFBIG"),
          entry(ENOSPC, "ENOSPC"),
          entry(ESPIPE, "ESPIPE"),
          entry(EROFS, "EROFS"),
          entry(EMLINK, "EMLINK"),
          entry(EPIPE, "EPIPE"),
          entry(ERANGE, "ERANGE"),
          entry(ENAMETOOLONG, "ENAMETOOLONG"),
          entry(ENOSYS, "ENOSYS"),
          entry(ENOTEMPTY, "ENOTEMPTY"),
          entry(ELOOP, "ELOOP"),
          entry(ENODATA, "ENODATA"),
          entry(EPROTO, "EPROTO"),
          entry(ENOTSOCK, "ENOTSOCK"),
          entry(EDESTADDRREQ, "EDESTADDRREQ"),
          entry(EMSGSIZE, "EMSGSIZE"),
          entry(EPROTOTYPE, "EPROTOTYPE"),
          entry(ENOPROTOOPT, "ENOPROTOOPT"),
          entry(EPROTONOSUPPORT, "EPROTONOSUPPORT"),
          entry(ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT"),
          entry(EOPNOTSUPP, "EOPNOTSUPP"),
          entry(EAFNOSUPPORT, "EAFNOSUPPORT"),
          entry(EADDRINUSE, "EADDRINUSE"),
          entry(EADDRNOTAVAIL, "EADDRNOTAVAIL"),
          entry(ENETDOWN, "ENETDOWN"),
          entry(ENETUNREACH, "ENETUNREACH"),
          entry(ECONNABORTED, "ECONNABORTED"),
          entry(ECONNRESET, "ECONNRESET"),
          entry(ENOBUFS, "ENOBUFS"),
          entry(EISCONN, "EISCONN"),
          entry(ENOTCONN, "ENOTCONN"),
          entry(ETIMEDOUT, "ETIMEDOUT"),
          entry(ECONNREFUSED, "ECONNREFUSED"),
          entry(EHOSTUNREACH, "EHOSTUNREACH"),
          entry(EALREADY, "EALREADY"),
          entry(EINPROGRESS, "EINPROGRESS"),
          entry(ESTALE, "ESTALE"),
          entry(EDQUOT, "EDQUOT"));

  private Errno() {}

  /// Returns the symbolic name, or `errno 133` for a number without a constant here.
  public static String name(int errno) {
    return NAMES.getOrDefault(errno, "errno " + errno);
  }
}
