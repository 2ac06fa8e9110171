"""One command line or more for every command, run on the coded study by the tests of what commands may do."""

COMMANDS_TO_RUN = """
status
check
completion bash
show A
search rain
quotes
transcripts
transcripts speakers
segments
cases
codebook
codebook rename work/money cash --dry-run
codebook export c.docx --yes
codings
memo --on A "a note"
memos
code A work/money "The budget is gone."
code --words budget work/fear --yes
suggest --all
why 57c9e3eb24
accept 57c9e3eb24
reject 57c9e3eb24
accept --code work --dry-run
reject --max-score 0.5 --yes
review A
edit A --coder ana --to marked.txt --yes
edit --from marked.txt --dry-run
retract CODING
done A
update
assign --coder ana --coder ben --write
agreement --svg a.svg --yes
disagreements
adjudicate A:42 none --coder lead
merge .
merge --tidy --write
confirm
log
undo
redo
evaluate
surprises
confusions
themes
compare --by group
crosstab --by group
matrix
positions
cooccurrence --unit turn --unit overlap --significance
sequences
saturation
timeline A --png t.png --yes
keyness
in-vivo
network --png n.png --svg n.svg --graphml n.graphml --gexf n.gexf --yes
network --difference-by size --pajek n.net --json n.json --edges-csv n.csv --yes
network --two-mode
network --ego work/money
centrality --replicates 100
communities --replicates 10
export o.xlsx --yes
export o.xlsx --for review --coder ana --yes
export o.xlsx --for coding --coder ben --yes
export A.docx --for word --coder ana --yes
apply A.docx --coder lea
report r.html --yes
pseudonymise ../key.yaml
init new
"""
