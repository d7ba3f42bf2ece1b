# perf_advisor: PGXS build.  Targets beyond PGXS are at the end.

EXTENSION = perf_advisor
MODULE_big = perf_advisor
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))

# The extension's script is assembled from its parts, in the order of names.
SQL_PARTS = $(sort $(wildcard sql/parts/*.sql))
DATA_built = sql/perf_advisor--1.0.sql

PG_CPPFLAGS = -I$(srcdir)/src

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

sql/perf_advisor--1.0.sql: $(SQL_PARTS)
	cat $^ > $@
