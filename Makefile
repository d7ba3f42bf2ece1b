# perf_advisor: build with PGXS.
#
#   make, make install, make installcheck   as with every extension; installcheck
#                 needs a running server with the library preloaded and says so
#   make test     everything, on every supported PostgreSQL (docs/testing.md)
#   make demo     a throw-away server, a workload and the advice it gets
#   make bench    what the extension costs, beside pg_stat_statements
#   make lint     the source checks alone
#   make torture  the memory test with a million statements of each kind
#   make tap      the TAP tests alone, with the installed library
#   make unit     the unit tests alone, on the server that PGHOST, PGPORT say
#
# The targets test, demo, bench and lint need no PostgreSQL to begin with.
# make COPT=-Werror turns warnings into errors, as the tests do.

EXTENSION = perf_advisor
MODULE_big = perf_advisor
PGFILEDESC = "perf_advisor - watches statements and advises"

OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))

# The extension's script is assembled from its parts, in the order of names.
SQL_PARTS = $(sort $(wildcard sql/parts/*.sql))
DATA_built = sql/perf_advisor--1.0.sql

# pg_regress takes scripts from test/sql and, because it looks in the current
# folder first, expected output from expected/.  No file sql/NAME.sql may have
# the name of a test, it would be run instead (a source check looks).
REGRESS := $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=$(EXTENSION)
ISOLATION := $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation --load-extension=$(EXTENSION)

# TAP tests start their own servers: that needs IPC::Run and, because
# PostgreSQL refuses it, a user other than root.
PROVE_TESTS = $(sort $(wildcard test/t/*.pl))
TAP_TESTS := $(shell test "$$(id -u)" != 0 && perl -MIPC::Run -e 'print 1' 2>/dev/null)

# Names that do not need PostgreSQL on this machine.
STANDALONE = test demo bench lint
.PHONY: $(STANDALONE) unit tap torture check-preload

ifneq ($(filter-out $(STANDALONE),$(or $(MAKECMDGOALS),all)),)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq ($(wildcard $(PGXS)),)
$(error $(PG_CONFIG) does not lead to the build files of a PostgreSQL server; \
install them (test/setup build) or name another one: make PG_CONFIG=/path/to/pg_config)
endif

# PostgreSQL's headers do not build cleanly with -Wextra.  As system headers
# they are left out of it, and our own code gets every warning.
PG_CPPFLAGS = -I$(srcdir)/src -isystem $(shell $(PG_CONFIG) --includedir-server)
# Only what the server looks up is exported (src/compat/export.h).
PG_CFLAGS = -Wall -Wextra -MMD -MP -fvisibility=hidden
ifneq ($(findstring clang,$(shell $(CC) --version 2>/dev/null)),)
# pg_config hands clang the flags of the gcc that built the server
PG_CFLAGS += -Wno-unknown-warning-option -Wno-ignored-optimization-argument
endif
# The rooms call each other through small functions, which a gcc that can
# inlines when it links.  make PA_LTO= goes without.
ifneq ($(findstring Free Software,$(shell $(CC) --version 2>/dev/null)),)
PA_LTO := $(shell t=$$(mktemp) && echo 'int pa_try;' | \
	$(CC) -flto=auto -shared -fPIC -x c - -o $$t 2>/dev/null && echo -flto=auto; rm -f $$t)
PG_CFLAGS += $(PA_LTO)
endif
EXTRA_CLEAN = $(OBJS:.o=.d) regression.diffs regression.out

include $(PGXS)

# A changed header rebuilds what includes it.
-include $(OBJS:.o=.d)
$(OBJS:.o=.bc): $(wildcard src/*/*.h)

sql/perf_advisor--1.0.sql: $(SQL_PARTS)
	cat $^ > $@.tmp && mv $@.tmp $@

installcheck: check-preload

check-preload:
	@PATH="$(bindir):$$PATH" test/check-preload

# the TAP tests alone, which need no running server
tap:
	$(if $(PROVE_TESTS),$(prove_installcheck),@echo "no TAP tests")

# the same, for hours if need be: what short runs cannot show
torture: export PA_MEMORY_STATEMENTS = 1000000
torture:
	$(MAKE) tap PROVE_TESTS="test/t/027_memory.pl" PROVE_FLAGS=--verbose

unit: all
	PATH="$(bindir):$$PATH" PG_CONFIG="$(PG_CONFIG)" test/unit/run

endif

test:
	@test/setup test
	@test/run

demo:
	@test/demo/run

bench:
	@test/bench/run

lint:
	@test/check/run
