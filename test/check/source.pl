#!/usr/bin/env perl
# source.pl RULE [ROOT]: prints every violation of one rule, "FILE:LINE: what",
# and ends with status 1 when there is one.  "source.pl --rules" lists the rules.
#
# Only modules of perl-base are used, which every Debian system has.
use strict;
use warnings;

# Who may include whom under src/, as the table of docs/architecture.md: a room
# gives all its headers except *_internal.h, a path that header alone.  A room
# may always include itself.
my %may_include = (
	'' => [qw(base compat config hooks collect store catalog analyze whatif report sqlapi worker)],
	base => [],
	compat => [],
	config => [qw(base compat)],
	hooks => [qw(base compat config collect whatif)],
	collect => [qw(base compat config store/store.h)],
	store => [qw(base compat config)],
	catalog => [qw(base compat)],
	analyze => [qw(base)],
	whatif => [qw(base compat config catalog)],
	report => [qw(base compat config store catalog analyze whatif)],
	sqlapi => [qw(report store/store.h config base compat)],
	worker => [qw(report store/store.h config base compat)],
);

# PostgreSQL's headers that a room must do without
my $catalog_access = qr{^(executor/spi|utils/(syscache|lsyscache|relcache|rel|inval|typcache)|access/(table|relation|genam|heapam))\.h$};
my %never = (
	hooks => [ [ qr{^executor/spi\.h$}, 'a hook never runs SQL' ],
		[ qr{^storage/(lwlock|spin|lock)\.h$}, 'a hook takes no locks' ] ],
	collect => [ [ qr{^executor/spi\.h$}, 'bookkeeping never runs SQL' ] ],
	store => [ [ $catalog_access, 'no catalog access where locks are held' ] ],
	analyze => [ [ $catalog_access, 'an analyzer gets its facts as arguments' ],
		[ qr{^(utils/(guc|timestamp)|miscadmin|access/xact|portability/instr_time)\.h$}, 'an analyzer knows no settings and no clock' ],
		[ qr{^storage/}, 'an analyzer touches no shared memory' ] ],
);

my $max_file = 700;
my $max_function = 120;

my ($rule, $root) = @ARGV;
$root = '.' unless defined $root;

my @found;
sub violation { my ($file, $line, $what) = @_; push @found, "$file:$line: $what"; return; }

# files(FOLDER, PATTERN): paths below the root, sorted
sub files
{
	my ($folder, $pattern) = @_;
	my @out;
	opendir(my $dh, "$root/$folder") or return ();
	foreach my $name (sort readdir $dh)
	{
		next if $name =~ /^\./;
		my $path = "$folder/$name";
		if (-d "$root/$path" && !-l "$root/$path") { push @out, files($path, $pattern) }
		elsif ($name =~ $pattern) { push @out, $path }
	}
	closedir $dh;
	return @out;
}

sub lines_of
{
	my ($path) = @_;
	open(my $fh, '<', "$root/$path") or die "$path: $!";
	my @lines = <$fh>;
	close $fh;
	return @lines;
}

# C without its comments and strings, line by line
sub code_of
{
	my ($path) = @_;
	my $text = join '', lines_of($path);
	$text =~ s{(/\*.*?\*/)|("(?:\\.|[^"\\\n])*")|('(?:\\.|[^'\\\n])*')}{
		my $s = defined $1 ? $1 : ''; defined $1 ? "\n" x ($s =~ tr/\n//) : '""' }gse;
	return split /\n/, $text, -1;
}

sub room_of { my ($path) = @_; return $path =~ m{^src/([^/]+)/} ? $1 : ''; }

my @c_files = files('src', qr/\.[ch]$/);

my %rules = (
	includes => sub {
		foreach my $file (@c_files)
		{
			my $room = room_of($file);
			my $allowed = $may_include{$room};
			if (!$allowed) { violation($file, 1, "src/$room is not a room of the architecture"); next; }
			my $n = 0;
			foreach (lines_of($file))
			{
				$n++;
				next unless /^\s*#\s*include\s*["<]([^">]+)[">]/;
				my $header = $1;
				foreach my $no (@{ $never{$room} || [] })
				{
					violation($file, $n, "$header in $room/: $no->[1]") if $header =~ $no->[0];
				}
				if ($header =~ /\.c$/) { violation($file, $n, "$header: a source file is not included"); next; }
				if (!-e "$root/src/$header")
				{
					# without its room the compiler would find it beside the file
					my ($base) = $header =~ m{([^/]+)$};
					violation($file, $n, "$header: name it with its room")
					  if $header =~ m{^\.} || grep { m{/\Q$base\E$} && $header eq $base } @c_files;
					next;
				}
				my ($to) = $header =~ m{^([^/]+)/};
				next if !defined $to || $to eq $room;
				my $ok = grep { $_ eq $header || ($_ eq $to && $header !~ /_internal\.h$/) } @$allowed;
				violation($file, $n, ($room eq '' ? 'perf_advisor.c' : "$room/") . " must not include $header") unless $ok;
			}
		}
	},
	versions => sub {
		foreach my $file (grep { room_of($_) ne 'compat' } @c_files)
		{
			my $n = 0;
			foreach (code_of($file))
			{
				$n++;
				violation($file, $n, "$1 outside of src/compat/") if /\b(PG_VERSION_NUM|PG_MAJORVERSION(?:_NUM)?|PG_VERSION)\b/;
			}
		}
	},
	lengths => sub {
		foreach my $file (@c_files, files('sql/parts', qr/\.sql$/), files('test', qr/./))
		{
			# output and inputs that a program wrote
			next if $file =~ m{^test/(results|isolation/expected)/|/(data|tmp|results|cases)/};
			my @lines = lines_of($file);
			violation($file, scalar @lines, scalar(@lines) . " lines, more than $max_file") if @lines > $max_file;
			next unless $file =~ /\.c$/;
			my ($n, $start) = (0, undef);
			foreach (@lines)
			{
				$n++;
				$start = $n if /^\{/;
				next unless /^\}/ && defined $start;
				violation($file, $start, 'a function of ' . ($n - $start + 1) . " lines, more than $max_function")
				  if !/^\}.*;/ && $n - $start + 1 > $max_function;
				$start = undef;
			}
		}
	},
	pure => sub {
		foreach my $file (grep { room_of($_) eq 'analyze' } @c_files)
		{
			my $n = 0;
			foreach (code_of($file))
			{
				$n++;
				violation($file, $n, "$1: an analyzer knows no clock, setting or catalog")
				  if /\b(GetCurrent\w*|time\s*\(|INSTR_TIME_SET_CURRENT|pa_guc_\w+|SPI_\w+|SearchSysCache\w*|random\s*\()/;
				violation($file, $n, 'static state in an analyzer')
				  if /^\s*static\b/ && !/\bconst\b/ && !/\(/ && /[;=]/;
				violation($file, $n, 'state in an analyzer') if /^(?!static|extern|typedef|return)\w[\w\s\*]*\b\w+(\[\w*\])?\s*(=.*)?;\s*$/ && !/\bconst\b/ && $file =~ /\.c$/;
			}
		}
	},
	headers => sub {
		foreach my $file (@c_files)
		{
			my @lines = lines_of($file);
			my @at = grep { $lines[$_] =~ /^ \* IDENTIFICATION/ } 0 .. ($#lines < 80 ? $#lines : 80);
			if (!@at) { violation($file, 1, 'no IDENTIFICATION in the file header'); next; }
			my $named = defined $lines[ $at[0] + 1 ] ? $lines[ $at[0] + 1 ] : '';
			violation($file, $at[0] + 2, 'IDENTIFICATION names another file') unless $named =~ /^ \*\s+\Q$file\E\s*$/;
		}
	},
	format => sub {
		foreach my $file (@c_files, files('sql/parts', qr/\.sql$/))
		{
			my @lines = lines_of($file);
			my $n = 0;
			foreach (@lines)
			{
				$n++;
				violation($file, $n, 'white space at the end of the line') if /[ \t]\r?\n?$/ && /\S/ || /^[ \t]+\n?$/;
				violation($file, $n, 'carriage return') if /\r/;
				violation($file, $n, 'indented by spaces') if $file =~ /\.[ch]$/ && /^ {4,}\S/ && !/^ +\*/;
			}
			violation($file, $n, 'no newline at the end') if @lines && $lines[-1] !~ /\n$/;
		}
	},
	sql => sub {
		foreach my $file (files('sql/parts', qr/\.sql$/))
		{
			my $n = 0;
			foreach (lines_of($file))
			{
				$n++;
				s/--.*//;
				# what somebody else has prepared must make CREATE EXTENSION fail
				violation($file, $n, "$1 in the extension's script") if /\b(OR\s+REPLACE|IF\s+NOT\s+EXISTS)\b/i;
			}
		}
	},
	tests => sub {
		foreach my $kind ([ 'test/sql', 'sql', 'expected' ], [ 'test/isolation/specs', 'spec', 'test/isolation/expected' ])
		{
			my ($from, $suffix, $to) = @$kind;
			my %have;
			foreach my $file (files($from, qr/\.\Q$suffix\E$/))
			{
				my ($name) = $file =~ m{([^/]+)\.\Q$suffix\E$};
				$have{$name} = 1;
				violation($file, 1, "there is no $to/$name.out") unless -e "$root/$to/$name.out";
				# pg_regress would run it in place of the test
				violation("sql/$name.sql", 1, 'has the name of a test') if -e "$root/sql/$name.sql";
			}
			foreach my $file (files($to, qr/\.out$/))
			{
				my ($name) = $file =~ m{([^/]+?)(?:_\d+)?\.out$};
				violation($file, 1, "there is no $from/$name.$suffix") unless $have{$name};
			}
		}
	},
);

if (defined $rule && $rule eq '--rules') { print "$_\n" for sort keys %rules; exit 0; }
die "usage: source.pl RULE [ROOT]\n" unless defined $rule && $rules{$rule};
$rules{$rule}->();
print "$_\n" for @found;
exit(@found ? 1 : 0);
