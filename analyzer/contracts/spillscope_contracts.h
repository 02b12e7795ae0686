#ifndef SPILLSCOPE_CONTRACTS_H
#define SPILLSCOPE_CONTRACTS_H
/*
 * Contracts that `spillscope check` holds source against. A kernel may include this header or write the attributes itself; compilers that do not
 * know them see nothing. The rules are documented one by one in docs/checks/.
 */
#ifdef __clang__
#define SPILLSCOPE_ANNOTATE(text) __attribute__((annotate(text)))
#else
#define SPILLSCOPE_ANNOTATE(text)
#endif

/* Between `struct` and the tag: only code in these files and directories (comma-separated tails of paths) may look inside. */
#define SPILLSCOPE_OPAQUE(paths) SPILLSCOPE_ANNOTATE("spillscope:opaque:" paths)
/* Between `struct` and the tag: an object of this type is an owner, and is never copied. */
#define SPILLSCOPE_OWNED SPILLSCOPE_ANNOTATE("spillscope:owned")
/* Before a function: its result (NULL: none) is owned by the caller. After a parameter: the object it leads to owns something after success (an
   integer result of 0, a bool of true). */
#define SPILLSCOPE_ACQUIRES SPILLSCOPE_ANNOTATE("spillscope:acquires")
/* After a parameter: what is passed, or the object it leads to, owns nothing any more. */
#define SPILLSCOPE_RELEASES SPILLSCOPE_ANNOTATE("spillscope:releases")
/* After a field or a variable: it may hold a copy of an owner, but never releases it. */
#define SPILLSCOPE_BORROWS SPILLSCOPE_ANNOTATE("spillscope:borrows")
/* Before a function: as a transaction it may spill nothing that is not declared. */
#define SPILLSCOPE_SPILL_FREE SPILLSCOPE_ANNOTATE("spillscope:spill-free")
/* Before a variable or a function: what transactions leave in this variable, or what this transaction leaves behind, is accepted; `spillscope gate`
   lets it pass (docs/gate.md). Three string literals: an owner (one word), the last day ("2027-06-30") or "never", and a reason. */
#define SPILLSCOPE_ACCEPT(owner, expires, reason) SPILLSCOPE_ANNOTATE("spillscope:accept:" owner " " expires " " reason)

#endif
