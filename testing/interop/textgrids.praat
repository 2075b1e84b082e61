# Reads every TextGrid of a folder and writes what it has: one line for each interval and point, with the line breaks of texts as <br>.
# Saves each again in all forms of Praat. Usage: praat --run textgrids.praat FOLDER
form Arguments
	sentence folder
endform
# A TextGrid as a person makes it in Praat.
own = Create TextGrid: 0, 10, "Müller Zweite", ""
Set tier name: 2, "Zweite ""Zeile"""
Insert boundary: 1, 1.25
Insert boundary: 1, 2.5
Set interval text: 1, 2, "sagt ""ja"", ä ß"
Insert boundary: 2, 0.0005
Set interval text: 2, 1, "kurz" + newline$ + "und schmal"
Insert point tier: 3, "Punkte"
Insert point: 3, 3.125, "Blinzeln"
Save as text file: folder$ + "/made.TextGrid"
removeObject: own
files = Create Strings as file list: "files", folder$ + "/*.TextGrid"
number = Get number of strings
for file to number
	selectObject: files
	name$ = Get string: file
	grid = Read from file: folder$ + "/" + name$
	stem$ = folder$ + "/" + replace$ (name$, ".TextGrid", "", 1)
	found$ = stem$ + ".found.txt"
	end = Get end time
	writeFileLine: found$, "end", tab$, fixed$ (end, 9)
	tiers = Get number of tiers
	for tier to tiers
		tier$ = Get tier name: tier
		isIntervals = Is interval tier: tier
		if isIntervals
			items = Get number of intervals: tier
		else
			items = Get number of points: tier
		endif
		appendFileLine: found$, "tier", tab$, replace$ (replace$ (tier$, newline$, "<br>", 0), tab$, "<tab>", 0), tab$, isIntervals, tab$, items
		for item to items
			if isIntervals
				start = Get start time of interval: tier, item
				finish = Get end time of interval: tier, item
				text$ = Get label of interval: tier, item
			else
				start = Get time of point: tier, item
				finish = start
				text$ = Get label of point: tier, item
			endif
			text$ = replace$ (replace$ (text$, newline$, "<br>", 0), tab$, "<tab>", 0)
			appendFileLine: found$, "item", tab$, fixed$ (start, 9), tab$, fixed$ (finish, 9), tab$, text$
		endfor
	endfor
	Save as text file: stem$ + ".text"
	Save as short text file: stem$ + ".short"
	Save as chronological text file: stem$ + ".chronological"
	Save as binary file: stem$ + ".binary"
	Text writing preferences: "UTF-8"
	Save as text file: stem$ + ".utf8"
	Text writing preferences: "try ISO Latin-1, then UTF-16"
	Save as text file: stem$ + ".latin1"
	Text writing preferences: "try ASCII, then UTF-16"
	removeObject: grid
endfor
writeInfoLine: praatVersion$
